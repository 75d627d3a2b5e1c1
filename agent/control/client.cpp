#include "agent/control/client.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

namespace aisle::control {

namespace {

// Of sending, and so of connecting where as many wait as may; zero: none.
void limit_sending(int fd, seconds limit) {
  const timeval time{limit.count(), 0};
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

}  // namespace

Result<std::unique_ptr<Client>> Client::connect(const std::string& path, seconds patience) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return std::unique_ptr<Client>();
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return fail("control socket: {}", std::strerror(errno));
  limit_sending(fd, patience);
  if (::connect(fd, static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof address) == 0) {
    limit_sending(fd, seconds{0});  // a long request takes its time
    return std::unique_ptr<Client>(new Client(fd));
  }
  const int error = errno;
  close(fd);
  if (error == ENOENT || error == ECONNREFUSED || error == ENOTDIR) return std::unique_ptr<Client>();
  if (error == EAGAIN) return fail("{}: the daemon accepts nobody; it hangs", path);
  return fail("{}: {}; root and members of group aisle may ask the daemon", path, std::strerror(error));
}

Client::~Client() {
  close(fd_);
}

int Client::peer() const {
  ucred peer{};
  socklen_t size = sizeof peer;
  return getsockopt(fd_, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : 0;
}

Status Client::ask(const nlohmann::json& request) {
  const std::string line = request.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
  std::size_t sent = 0;
  while (sent < line.size()) {
    const ssize_t n = send(fd_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EPIPE) return {};  // it closed early, and its answer says why
    if (n <= 0) return fail("the daemon closed the control socket: {}", std::strerror(errno));
    sent += static_cast<std::size_t>(n);
  }
  return {};
}

bool Client::ready(milliseconds patience) const {
  if (in_.find('\n') != std::string::npos) return true;
  pollfd waiting{fd_, POLLIN, 0};
  return poll(&waiting, 1, static_cast<int>(patience.count())) > 0;
}

Result<std::optional<nlohmann::json>> Client::next_line(std::optional<milliseconds> deadline) {
  const auto text = next_text(deadline);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return std::optional<nlohmann::json>();
  auto value = nlohmann::json::parse(**text, nullptr, false);
  if (value.is_discarded()) return fail("the daemon answered with something that is not JSON");
  return std::optional(std::move(value));
}

Result<std::optional<std::string>> Client::next_text(std::optional<milliseconds> deadline) {
  using std::chrono::steady_clock;
  const auto ends = steady_clock::now() + deadline.value_or(milliseconds{0});
  // Of one who sends a little again and again too; what is there already is always taken.
  bool waited = false;
  for (std::size_t looked = 0;; waited = true) {
    const auto end = in_.find('\n', looked);
    if (end != std::string::npos) {
      std::string rest = in_.substr(end + 1);
      in_.resize(end);
      return std::optional(std::exchange(in_, std::move(rest)));  // a line may be large, what follows it is not
    }
    if (in_.size() > kMaxLine) return fail("the daemon's answer is longer than {} bytes", kMaxLine);
    pollfd ready{fd_, POLLIN, 0};
    const auto left = std::chrono::ceil<milliseconds>(ends - steady_clock::now());
    const int count = poll(&ready, 1, deadline ? static_cast<int>(std::max(left, milliseconds{0}).count()) : -1);
    if (count < 0 && errno == EINTR) return std::optional<std::string>();
    if (count == 0 || (deadline && waited && left.count() <= 0))
      return fail("the daemon did not answer within {} ms", deadline->count());
    std::array<char, 65536> buffer;
    const ssize_t got = recv(fd_, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::optional<std::string>();
    looked = in_.size();
    in_.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace aisle::control
