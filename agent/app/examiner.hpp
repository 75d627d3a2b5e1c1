// Runs the checks of `aislectl doctor` for a bundle that the cloud asks for: in a process of its own, so that whatever
// hangs in there hangs nothing here. On the core loop.
#pragma once

#include <sys/types.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "agent/base/loop.hpp"
#include "agent/base/result.hpp"

namespace aisle::app {

class Examiner {
 public:
  using Done = std::function<void(const Result<nlohmann::json>& report)>;

  // `command`: a program that writes a JSON object of at most 1 MiB to its standard output within `limit`.
  Examiner(EpollLoop& core, std::vector<std::string> command, milliseconds limit = seconds(40));
  // Kills it; nobody is told.
  ~Examiner();
  Examiner(const Examiner&) = delete;
  Examiner& operator=(const Examiner&) = delete;

  // One examination at a time: who asks meanwhile gets the same answer.
  void ask(Done done);

 private:
  Status begin();
  Result<pid_t> spawn(int output) const;
  void on_output();
  void finish(const Result<nlohmann::json>& report);
  // Children that have ended must be waited for, and may take a while to end.
  void reap();
  void collect();
  void wait_for_ended();

  EpollLoop& core_;
  std::vector<std::string> command_;
  milliseconds limit_;
  std::vector<Done> waiting_;
  std::string output_;
  int pipe_ = -1;  // our end
  TimerId limit_timer_ = 0, reap_timer_ = 0;
  pid_t child_ = 0;           // while there is a pipe
  std::vector<pid_t> ended_;  // not waited for yet
};

}  // namespace aisle::app
