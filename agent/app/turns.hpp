// Jobs that take several turns of the loop, one after another: what changes the datasets in slices is whole before the
// next change begins. On the core loop.
#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "agent/base/loop.hpp"

namespace aisle::app {

class Turns {
 public:
  // Calls its argument once when it is done; it may be called after this object is gone.
  using Job = std::function<void(Task done)>;
  // Runs it at once when none is under way.
  void add(Job job);
  [[nodiscard]] bool idle() const { return !busy_; }

 private:
  void run(const Job& job);
  void next();

  std::deque<Job> waiting_;
  bool busy_ = false;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace aisle::app
