#include "sync/mqtt/resolve.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <memory>

#include "sync/mqtt/reasons.hpp"
#include "sync/mqtt/shared.hpp"

namespace aisle::sync {
namespace {

using SteadyClock = std::chrono::steady_clock;
using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

constexpr milliseconds kProbeStep(50);
constexpr milliseconds kProbePatience(3000);  // of one address, so that a dead one leaves time for the next

// 0 when connected, else errno.
int wait_connected(int fd, SteadyClock::time_point deadline, const std::function<bool()>& give_up) {
  while (SteadyClock::now() < deadline) {
    if (give_up()) return ECANCELED;
    pollfd waiting{fd, POLLOUT, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(kProbeStep.count()));
    if (ready < 0 && errno != EINTR) return errno;
    if (ready <= 0) continue;
    int error = 0;
    socklen_t size = sizeof error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
  }
  return ETIMEDOUT;
}

int probe(const addrinfo& address, SteadyClock::time_point deadline, const std::function<bool()>& give_up) {
  const Fd fd(socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return errno;
  if (::connect(fd.get(), address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  return wait_connected(fd.get(), deadline, give_up);
}

tl::expected<Addresses, Disconnected> resolve(const TargetQuery& query) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failed = getaddrinfo(query.host.c_str(), std::to_string(query.port).c_str(), &hints, &found);
  if (failed != 0) {
    return tl::unexpected(unknown_name(query.host, gai_strerror(failed)));
  }
  return Addresses(found, freeaddrinfo);
}

}  // namespace

std::string numeric(const addrinfo& address) {
  std::array<char, NI_MAXHOST> text{};
  const int failed =
      getnameinfo(address.ai_addr, address.ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
  return failed == 0 ? std::string(text.data()) : std::string();
}

bool nobody_listens(const std::string& host, std::uint16_t port) {
  const auto addresses = resolve({host, port, false, milliseconds(0), nullptr});
  for (const addrinfo* address = addresses ? addresses->get() : nullptr; address != nullptr;
       address = address->ai_next) {
    const int error = probe(*address, SteadyClock::now() + kProbeStep, [] { return false; });
    if (error != ECONNREFUSED) return false;
  }
  return addresses.has_value();
}

tl::expected<Target, Disconnected> find_target(const TargetQuery& query) {
  const auto addresses = resolve(query);
  if (!addresses) return tl::unexpected(addresses.error());
  const addrinfo* first = addresses->get();
  if (first->ai_next == nullptr) return Target{query.keep_name ? query.host : numeric(*first), ""};
  const auto deadline = SteadyClock::now() + query.timeout;
  int error = ETIMEDOUT;
  for (const addrinfo* address = first; address != nullptr; address = address->ai_next) {
    error = probe(*address, std::min(deadline, SteadyClock::now() + kProbePatience), query.give_up);
    if (error == ECANCELED) break;
    if (error != 0) continue;
    if (!query.keep_name) return Target{numeric(*address), ""};
    return Target{query.host, address->ai_family == AF_INET6 ? "::" : "0.0.0.0"};
  }
  return tl::unexpected(tcp_failed(error, fmt::format("{} port {}", query.host, query.port)));
}

}  // namespace aisle::sync
