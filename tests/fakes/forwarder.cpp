#include "tests/fakes/forwarder.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <iterator>
#include <vector>

namespace aisle::fakes {
namespace {

constexpr int kLook = 20;  // ms between two looks at what was asked for

sockaddr_in loopback_at(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

sockaddr* any(sockaddr_in& address) {
  return static_cast<sockaddr*>(static_cast<void*>(&address));
}

// False at the end of the stream.
bool copy(int from, int to) {
  std::array<char, 65536> buffer{};
  const ssize_t got = recv(from, buffer.data(), buffer.size(), 0);
  for (ssize_t done = 0; done < got;) {
    const ssize_t sent = send(to, buffer.data() + done, static_cast<std::size_t>(got - done), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    done += sent;
  }
  return got > 0;
}

}  // namespace

Forwarder::Forwarder(std::uint16_t to) : to_(to), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = loopback_at(0);
  socklen_t size = sizeof address;
  const bool listens = bind(listener_, any(address), size) == 0 && listen(listener_, 16) == 0 &&
                       getsockname(listener_, any(address), &size) == 0;
  if (!listens) return;
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

Forwarder::~Forwarder() {
  quit_ = true;
  if (thread_.joinable()) thread_.join();
  for (const Pair& pair : pairs_) {
    close(pair.client);
    close(pair.server);
  }
  close(listener_);
}

void Forwarder::run() {
  int silenced = 0;
  while (!quit_) {
    if (const int asked = silences_; asked != silenced) {
      silenced = asked;
      for (Pair& pair : pairs_) pair.silent = true;
    }
    std::vector<pollfd> fds{{listener_, POLLIN, 0}};
    for (const Pair& pair : pairs_) {
      fds.push_back({pair.silent ? -1 : pair.client, POLLIN, 0});
      fds.push_back({pair.silent ? -1 : pair.server, POLLIN, 0});
    }
    if (poll(fds.data(), fds.size(), kLook) <= 0) continue;
    std::size_t next = 1;
    for (auto pair = pairs_.begin(); pair != pairs_.end(); next += 2) {
      carry(*pair, fds[next].revents, fds[next + 1].revents);
      pair = pair->client < 0 ? pairs_.erase(pair) : std::next(pair);
    }
    if (fds[0].revents != 0) take_new();
  }
}

void Forwarder::take_new() {
  Pair pair;
  pair.client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (pair.client < 0) return;
  pair.server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback_at(to_);
  if (connect(pair.server, any(address), sizeof address) != 0) {
    close(pair.client);
    close(pair.server);
    return;
  }
  ++served_;
  pairs_.push_back(pair);
}

void Forwarder::carry(Pair& pair, short client_events, short server_events) {
  const bool open =
      (client_events == 0 || copy(pair.client, pair.server)) && (server_events == 0 || copy(pair.server, pair.client));
  if (open) return;
  close(pair.client);
  close(pair.server);
  pair.client = -1;
}

}  // namespace aisle::fakes
