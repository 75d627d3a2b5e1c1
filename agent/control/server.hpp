// The control socket: one JSON request a line, answered by JSON lines. Whoever may open the socket file (mode 0660) may
// ask.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "agent/base/loop.hpp"
#include "agent/base/result.hpp"
#include "agent/model/event.hpp"

namespace aisle::control {

// One client's answer channel; may outlive the request. All calls on the core loop; harmless when the client has gone.
class Reply {
 public:
  virtual ~Reply() = default;
  // One line. A client that does not read is cut off at 8 MiB of waiting lines.
  virtual void line(const Json& value) = 0;
  // The same of JSON text, which arrives byte for byte. It has no line break.
  virtual void text(std::string_view value) = 0;
  // The answer is complete: what waits is sent, then the connection closes.
  virtual void finish() = 0;
  [[nodiscard]] virtual bool gone() const = 0;
  // Bytes that the client has not taken yet.
  [[nodiscard]] virtual std::size_t waiting() const = 0;
};
using ReplyPtr = std::shared_ptr<Reply>;
using Handler = std::function<void(nlohmann::json request, const ReplyPtr& reply)>;

class Server {
 public:
  // Listens at `path`, replacing a dead socket file. Error: names the path and the reason.
  // Large requests are parsed on `parser`, which ends before `loop` does.
  static Result<std::unique_ptr<Server>> listen(EpollLoop& loop, Loop& parser, const std::string& path,
                                                Handler handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

 private:
  class Connection;
  Server(EpollLoop& loop, Loop& parser, std::string path, int fd, Handler handler);
  void accept_clients();
  void drop(int fd);

  EpollLoop& loop_;
  Loop& parser_;
  std::string path_;
  int fd_;
  Handler handler_;
  std::map<int, std::shared_ptr<Connection>> clients_;
};

}  // namespace aisle::control
