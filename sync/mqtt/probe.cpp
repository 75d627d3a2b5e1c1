#include "sync/mqtt/probe.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <system_error>

#include "agent/base/credential.hpp"
#include "sync/core/states.hpp"
#include "sync/mqtt/reasons.hpp"
#include "sync/mqtt/resolve.hpp"
#include "sync/mqtt/shared.hpp"
#include "sync/mqtt/tls_context.hpp"

namespace aisle::sync {
namespace {

using SteadyClock = std::chrono::steady_clock;
using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;
using Ssl = std::unique_ptr<SSL, decltype(&SSL_free)>;

constexpr milliseconds kOneAddress(3000);

tl::expected<Addresses, Disconnected> look_up(const std::string& host, std::uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | flags;
  addrinfo* found = nullptr;
  const int failed = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failed != 0) return tl::unexpected(unknown_name(host, gai_strerror(failed)));
  return Addresses(found, freeaddrinfo);
}

int left_of(SteadyClock::time_point end) {
  return static_cast<int>(std::max<std::int64_t>(std::chrono::ceil<milliseconds>(end - SteadyClock::now()).count(), 0));
}

// 0 when connected, else errno.
int connect_within(const Fd& fd, const addrinfo& address, SteadyClock::time_point end) {
  if (fd.get() < 0) return errno;
  if (::connect(fd.get(), address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  pollfd waiting{fd.get(), POLLOUT, 0};
  if (poll(&waiting, 1, left_of(end)) <= 0) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

int open_socket(const addrinfo& address) {
  return socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

// True when done; false when the time is over or it failed.
bool shake_hands(SSL* ssl, int fd, SteadyClock::time_point end) {
  for (;;) {
    const int done = SSL_connect(ssl);
    if (done == 1) return true;
    const int wanted = SSL_get_error(ssl, done);
    if (wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE) return false;
    pollfd waiting{fd, static_cast<short>(wanted == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT), 0};
    if (poll(&waiting, 1, left_of(end)) <= 0) return false;
  }
}

// Of a chain that was found good.
void note_chain(const SSL* ssl, TlsSeen& seen) {
  const STACK_OF(X509)* chain = SSL_get0_verified_chain(ssl);
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    const X509* certificate = sk_X509_value(chain, i);
    const CertificateLife life = life_of(certificate);
    if (seen.first && life.left >= seen.life.left) continue;
    seen.life = life;
    seen.first = facts_of(certificate);
    seen.first->broker = i == 0;
  }
}

void name_host(SSL* ssl, const std::string& host) {
  const bool is_number = look_up(host, 0, AI_NUMERICHOST).has_value();
  if (!is_number)
    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(host.c_str()));
}

}  // namespace

tl::expected<std::vector<std::string>, Disconnected> addresses_of(const std::string& host) {
  const auto found = look_up(host, 0, 0);
  if (!found) return tl::unexpected(found.error());
  std::vector<std::string> out;
  for (const addrinfo* address = found->get(); address != nullptr; address = address->ai_next)
    out.push_back(numeric(*address));
  return out;
}

tl::expected<std::string, Disconnected> reach(const std::string& host, std::uint16_t port, milliseconds limit) {
  const auto end = SteadyClock::now() + limit;
  const auto found = look_up(host, port, 0);
  if (!found) return tl::unexpected(found.error());
  int error = ETIMEDOUT;
  for (const addrinfo* address = found->get(); address != nullptr && SteadyClock::now() < end;
       address = address->ai_next) {
    const Fd fd(open_socket(*address));
    error = connect_within(fd, *address, std::min(end, SteadyClock::now() + kOneAddress));
    if (error == 0) return numeric(*address);
  }
  return tl::unexpected(tcp_failed(error, fmt::format("{} port {}", host, port)));
}

TlsSeen look_at_tls(const MosquittoTls& settings, const std::string& host, const std::string& address,
                    std::uint16_t port, milliseconds limit) {
  TlsSeen seen;
  MosquittoTls without_own = settings;
  without_own.cert.clear();
  PinGuard pins;
  const auto context = TlsContext::make(without_own, host, pins);
  const auto found = look_up(address, port, AI_NUMERICHOST);
  if (!context || !found) {
    seen.trouble = !context ? context.error() : found.error();
    return seen;
  }
  const auto end = SteadyClock::now() + limit;
  const Fd fd(open_socket(**found));
  if (const int error = connect_within(fd, **found, end); error != 0) {
    seen.trouble = tcp_failed(error, fmt::format("{} port {}", host, port));
    return seen;
  }
  const Ssl ssl(SSL_new((*context)->get()), SSL_free);
  SSL_set_fd(ssl.get(), fd.get());
  name_host(ssl.get(), host);
  const bool shaken = shake_hands(ssl.get(), fd.get(), end);
  ERR_clear_error();
  if (SSL_get_verify_result(ssl.get()) == X509_V_OK) note_chain(ssl.get(), seen);
  seen.version = SSL_get_version(ssl.get());
  // A broker that wants our certificate ends a handshake without one; its own was found good by then.
  if (shaken || seen.first) return seen;
  seen.trouble = (*context)->trouble().value_or(Disconnected{
      state::kTls,
      fmt::format("no TLS with {} port {}; check that the broker speaks TLS 1.2 or newer there", host, port)});
  return seen;
}

tl::expected<OwnCertificate, Disconnected> own_certificate(const MosquittoTls& settings) {
  const auto path = source_path(settings.cert);
  if (!path) return tl::unexpected(Disconnected{state::kCredentials, "[sync] cert: " + path.error().message()});
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path->c_str(), "re"), std::fclose);
  if (!file) {
    return tl::unexpected(Disconnected{
        state::kCredentials, fmt::format("[sync] cert: {}: {}", *path, std::generic_category().message(errno))});
  }
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(PEM_read_X509(file.get(), nullptr, nullptr, nullptr),
                                                                X509_free);
  ERR_clear_error();
  if (!certificate)
    return tl::unexpected(
        Disconnected{state::kCredentials, fmt::format("[sync] cert: {}: holds no PEM certificate", *path)});
  return OwnCertificate{facts_of(certificate.get()), life_of(certificate.get())};
}

}  // namespace aisle::sync
