// Another program, run by a test: its output goes to files, it dies with the test process, and every wait has a
// deadline.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace aisle::fakes {

// Generous: a loaded machine with two cores must make it. A test that works never waits this long.
inline constexpr std::chrono::seconds kPatience{60};

struct Command {
  std::vector<std::string> argv;           // the first is the path of the program
  std::map<std::string, std::string> env;  // added to our own environment
  std::string out = "/dev/null";           // files for stdout and stderr, begun anew
  std::string err = "/dev/null";
};

class Process {
 public:
  Process() = default;
  explicit Process(const Command& command);
  // Kills what still runs.
  ~Process();
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;

  // False when it could not be started at all; a program that is not there exits with 127.
  [[nodiscard]] bool started() const { return pid_ > 0 || exit_.has_value(); }
  [[nodiscard]] bool running();
  void signal(int number) const;
  [[nodiscard]] pid_t pid() const { return pid_; }
  // The exit code, 128 + the number of a signal that ended it; nothing when it still runs at the deadline.
  std::optional<int> wait(std::chrono::milliseconds deadline = kPatience);
  // SIGKILL, and waits for the end.
  void kill_hard();

 private:
  bool reap(bool block);

  pid_t pid_ = -1;
  std::optional<int> exit_;
};

struct Finished {
  int exit = -1;  // as of Process::wait; -1: did not end in time and was killed
  std::string out, err;
};
// Runs to the end and captures both outputs.
[[nodiscard]] Finished run(const std::vector<std::string>& argv, const std::map<std::string, std::string>& env = {},
                           std::chrono::milliseconds deadline = kPatience);

// Asks every few milliseconds until it is so; false when it is not at the deadline.
[[nodiscard]] bool eventually(const std::function<bool()>& so, std::chrono::milliseconds deadline = kPatience);

[[nodiscard]] std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& text);
// Whole lines only: one that is still being written is left out.
[[nodiscard]] std::vector<std::string> whole_lines(const std::string& text);

}  // namespace aisle::fakes
