#include "agent/cli/cloud/connection_bound.hpp"

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <memory>

namespace aisle::cloud {
namespace {

struct Seen {
  const ConnectionBound& bound;
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

// With a reset when it is closed: who still sends would wait for room at our end else.
void cut(int connection) {
  const linger at_once{1, 0};
  setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  shutdown(connection, SHUT_RDWR);
}

bool outlived(const Seen& seen) {
  return seen.bound.clock.steady() - seen.begun > seen.bound.life;
}

// Before each read of the socket: one record may come byte by byte, for hours.
long on_read(BIO* socket, int operation, const char* /*data*/, std::size_t /*size*/, int /*argi*/, long /*argl*/,
             int result, std::size_t* /*done*/) {
  if (operation != BIO_CB_READ) return result;
  const void* seen = BIO_get_callback_arg(socket);
  int connection = -1;
  if (outlived(*static_cast<const Seen*>(seen)) && BIO_get_fd(socket, &connection) >= 0) cut(connection);
  return result;
}

// `seen` lives as long as the connection reads.
void watch_reads(SSL* connection, Seen& seen) {
  BIO* socket = SSL_get_rbio(connection);
  BIO_set_callback_arg(socket, static_cast<char*>(static_cast<void*>(&seen)));
  BIO_set_callback_ex(socket, on_read);
}

Seen* seen_of(SSL* connection, const ConnectionBound& bound) {
  if (auto* seen = static_cast<Seen*>(SSL_get_ex_data(connection, slot())); seen != nullptr) return seen;
  auto made = std::make_unique<Seen>(Seen{bound, bound.clock.steady()});
  if (SSL_set_ex_data(connection, slot(), made.get()) != 1) return nullptr;
  watch_reads(connection, *made);
  return made.release();
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
  if (seen == nullptr || seen->bytes > bound.bytes || outlived(*seen)) cut(SSL_get_fd(connection));
}

}  // namespace

void bound_connections(ssl_ctx_st* context, ConnectionBound& bound) {
  SSL_CTX_set_msg_callback(context, on_record);
  SSL_CTX_set_msg_callback_arg(context, &bound);
}

}  // namespace aisle::cloud
