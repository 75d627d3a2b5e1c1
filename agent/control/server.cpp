#include "agent/control/server.hpp"

#include <grp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "agent/records/records.hpp"

namespace aisle::control {
namespace {

constexpr std::size_t kMaxRequest = 512U << 20U;   // an import of a million customers
constexpr std::size_t kLargeRequest = 16U << 10U;  // what is longer would hold the loop up
constexpr std::size_t kMaxWaiting = 8U << 20U;
constexpr std::size_t kMaxClients = 64;
constexpr std::string_view kFull =
    R"({"error":"64 clients are connected already; end one (events tail, watch) and try again"})"
    "\n";

Result<int> listening_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return fail("control socket {}: the path is longer than {} bytes", path, sizeof address.sun_path - 1);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return fail("control socket {}: {}", path, std::strerror(errno));
  unlink(path.c_str());  // the state directory's lock is ours: a socket file here is a dead one
  const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
  if (bind(fd, generic, sizeof address) != 0 || ::listen(fd, 16) != 0) {
    const int error = errno;
    close(fd);
    return fail("control socket {}: {}", path, std::strerror(error));
  }
  chmod(path.c_str(), 0660);
  if (const group* aisle = getgrnam("aisle"); aisle != nullptr) {
    [[maybe_unused]] const int owned = chown(path.c_str(), static_cast<uid_t>(-1), aisle->gr_gid);
  }
  return fd;
}

}  // namespace

class Server::Connection final : public Reply {
 public:
  Connection(Server& server, int fd) : server_(&server), fd_(fd) {}
  ~Connection() override { close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void line(const Json& value) override { text(value.dump(-1, ' ', false, Json::error_handler_t::replace)); }

  void text(std::string_view value) override {
    if (gone() || finished_) return;
    out_ += value;
    out_ += '\n';
    send_waiting();
    if (out_.size() > kMaxWaiting) cut();
  }

  void finish() override {
    finished_ = true;
    if (!gone() && out_.empty()) cut();
  }

  [[nodiscard]] bool gone() const override { return server_ == nullptr; }

  [[nodiscard]] std::size_t waiting() const override { return out_.size(); }

  void detach() { server_ = nullptr; }

  void on_ready(std::uint32_t events, const std::shared_ptr<Connection>& self) {
    if ((events & EPOLLOUT) != 0) send_waiting();
    if (!gone() && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive(self);
  }

 private:
  void cut() {
    if (server_ == nullptr) return;
    Server* server = server_;
    server_ = nullptr;
    server->drop(fd_);
  }

  void send_waiting() {
    while (!out_.empty()) {
      const ssize_t sent = send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL);
      if (sent <= 0) {
        if (sent < 0 && (errno == EAGAIN || errno == EINTR)) break;
        return cut();
      }
      out_.erase(0, static_cast<std::size_t>(sent));
    }
    if (out_.empty() && finished_) return cut();
    want_write(!out_.empty());
  }

  void want_write(bool wanted) {
    if (wanted == writing_ || server_ == nullptr) return;
    writing_ = wanted;
    server_->loop_.watch(fd_, wanted ? EPOLLIN | EPOLLOUT : EPOLLIN, handler_);
  }

  void receive(const std::shared_ptr<Connection>& self) {
    std::array<char, 65536> buffer;
    const ssize_t got = recv(fd_, buffer.data(), buffer.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return cut();
    if (asked_) return;  // one request a connection; what else comes is ignored
    const auto fresh = in_.size();
    in_.append(buffer.data(), static_cast<std::size_t>(got));
    const auto end = in_.find('\n', fresh);
    if (end == std::string::npos) {
      if (in_.size() > kMaxRequest) cut();
      return;
    }
    asked_ = true;
    in_.resize(end);
    if (end <= kLargeRequest) return take(records::parse_json(std::exchange(in_, {}), kMaxRequest), self);
    server_->parser_.post([text = std::exchange(in_, {}), self, &loop = server_->loop_] {
      auto request = std::make_shared<Result<nlohmann::json>>(records::parse_json(text, kMaxRequest));
      loop.post([request, self] { self->take(std::move(*request), self); });
    });
  }

  void take(Result<nlohmann::json> request, const std::shared_ptr<Connection>& self) {
    if (gone()) return;
    if (!request || !request->is_object()) {
      const std::string why = request ? std::string() : ": " + request.error().message();
      line({{"error", "one JSON object a line expected" + why}});
      return finish();
    }
    server_->handler_(std::move(*request), self);
  }

  friend class Server;
  Server* server_;
  int fd_;
  EpollLoop::FdHandler handler_;
  std::string in_, out_;
  bool asked_ = false, finished_ = false, writing_ = false;
};

Result<std::unique_ptr<Server>> Server::listen(EpollLoop& loop, Loop& parser, const std::string& path,
                                               Handler handler) {
  auto fd = listening_socket(path);
  if (!fd) return tl::unexpected(fd.error());
  std::unique_ptr<Server> server(new Server(loop, parser, path, *fd, std::move(handler)));
  loop.watch(*fd, EPOLLIN, [raw = server.get()](std::uint32_t) { raw->accept_clients(); });
  return server;
}

Server::Server(EpollLoop& loop, Loop& parser, std::string path, int fd, Handler handler)
    : loop_(loop), parser_(parser), path_(std::move(path)), fd_(fd), handler_(std::move(handler)) {}

Server::~Server() {
  for (auto& [fd, client] : clients_) {
    loop_.unwatch(fd);
    client->detach();
  }
  loop_.unwatch(fd_);
  close(fd_);
  unlink(path_.c_str());
}

void Server::accept_clients() {
  for (;;) {
    const int fd = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    if (clients_.size() >= kMaxClients) {
      [[maybe_unused]] const auto told = send(fd, kFull.data(), kFull.size(), MSG_NOSIGNAL);
      close(fd);
      continue;
    }
    const auto client = std::make_shared<Connection>(*this, fd);
    const std::weak_ptr<Connection> weak = client;
    client->handler_ = [weak](std::uint32_t events) {
      if (const auto self = weak.lock()) self->on_ready(events, self);
    };
    clients_.emplace(fd, client);
    loop_.watch(fd, EPOLLIN, client->handler_);
  }
}

void Server::drop(int fd) {
  loop_.unwatch(fd);
  clients_.erase(fd);
}

}  // namespace aisle::control
