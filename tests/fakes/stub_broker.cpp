#include "tests/fakes/stub_broker.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace aisle::fakes {
namespace {

constexpr int kGlance = 20;  // ms between two looks at whether to end

bool readable(int fd) {
  pollfd waiting{fd, POLLIN, 0};
  return poll(&waiting, 1, kGlance) > 0;
}

}  // namespace

StubBroker::StubBroker(std::string answer, bool then_close)
    : answer_(std::move(answer)), then_close_(then_close), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = static_cast<sockaddr*>(static_cast<void*>(&address));
  const bool listens =
      bind(listener_, generic, size) == 0 && listen(listener_, 16) == 0 && getsockname(listener_, generic, &size) == 0;
  if (!listens) return;
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

StubBroker::~StubBroker() {
  quit_ = true;
  if (thread_.joinable()) thread_.join();
  close(listener_);
}

void StubBroker::run() {
  while (!quit_) {
    if (!readable(listener_)) continue;
    const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    serve(connection);
    close(connection);
  }
}

void StubBroker::serve(int connection) {
  std::array<char, 4096> buffer{};
  bool answered = false;
  while (!quit_) {
    if (!readable(connection)) continue;
    if (recv(connection, buffer.data(), buffer.size(), 0) <= 0) return;
    if (answered) continue;
    answered = true;
    if (send(connection, answer_.data(), answer_.size(), MSG_NOSIGNAL) < 0 || then_close_) return;
  }
}

}  // namespace aisle::fakes
