// The other end of the control socket, for the CLI. Blocking, with deadlines.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agent/base/result.hpp"
#include "agent/base/time.hpp"
#include "agent/model/event.hpp"

namespace aisle::control {

class Client {
 public:
  static constexpr std::size_t kMaxLine = 256U << 20U;  // an export
  // nullptr when nobody listens there (no daemon runs); error when there is someone whom we may not ask, or who accepts
  // nobody for `patience`.
  static Result<std::unique_ptr<Client>> connect(const std::string& path, seconds patience = seconds{10});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // The daemon's process; 0 when it is not known.
  [[nodiscard]] int peer() const;
  Status ask(const nlohmann::json& request);
  // The next line of the answer; nothing when it is complete. Error: the whole line was not there by the deadline, is
  // longer than `kMaxLine`, or no JSON.
  Result<std::optional<nlohmann::json>> next_line(std::optional<milliseconds> deadline);
  // The same, byte for byte and not looked at.
  Result<std::optional<std::string>> next_text(std::optional<milliseconds> deadline);

  // Whether `next_line` has something to say at once, a line or the end; waits for it so long.
  [[nodiscard]] bool ready(milliseconds patience) const;

 private:
  explicit Client(int fd) : fd_(fd) {}
  int fd_;
  std::string in_;
};

}  // namespace aisle::control
