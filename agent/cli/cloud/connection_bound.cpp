#include "agent/cli/cloud/connection_bound.hpp"

#include <openssl/ssl.h>
#include <sys/socket.h>

#include <memory>

namespace aisle::cloud {
namespace {

struct Seen {
  SteadyTime begun;
  std::uint64_t bytes = 0;
};

void forget(void* /*parent*/, void* seen, CRYPTO_EX_DATA* /*all*/, int /*slot*/, long /*l*/, void* /*p*/) {
  delete static_cast<Seen*>(seen);  // NOLINT(cppcoreguidelines-owning-memory): OpenSSL held it
}

int slot() {
  static const int number = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, forget);
  return number;
}

Seen* seen_of(SSL* connection, const ConnectionBound& bound) {
  if (auto* seen = static_cast<Seen*>(SSL_get_ex_data(connection, slot())); seen != nullptr) return seen;
  auto made = std::make_unique<Seen>(Seen{bound.clock.steady()});
  return SSL_set_ex_data(connection, slot(), made.get()) == 1 ? made.release() : nullptr;
}

// With a reset when it is closed: who still sends would wait for room at our end else.
void cut(int connection) {
  const linger at_once{1, 0};
  setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  shutdown(connection, SHUT_RDWR);
}

// The head of each record, 5 bytes, has its length at the end.
void on_record(int writing, int /*version*/, int kind, const void* data, std::size_t size, SSL* connection,
               void* object) {
  constexpr std::size_t kHead = 5;
  if (writing != 0 || kind != SSL3_RT_HEADER || size < kHead) return;
  const auto& bound = *static_cast<const ConnectionBound*>(object);
  const auto* head = static_cast<const unsigned char*>(data);
  Seen* seen = seen_of(connection, bound);
  if (seen != nullptr) seen->bytes += kHead + (std::uint64_t{head[3]} << 8U) + head[4];
  if (seen == nullptr || seen->bytes > bound.bytes || bound.clock.steady() - seen->begun > bound.life)
    cut(SSL_get_fd(connection));
}

}  // namespace

void bound_connections(ssl_ctx_st* context, ConnectionBound& bound) {
  SSL_CTX_set_msg_callback(context, on_record);
  SSL_CTX_set_msg_callback_arg(context, &bound);
}

}  // namespace aisle::cloud
