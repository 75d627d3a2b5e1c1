#include "agent/app/turns.hpp"

#include <utility>

namespace aisle::app {

void Turns::add(Job job) {
  if (busy_) {
    waiting_.push_back(std::move(job));
    return;
  }
  run(job);
}

void Turns::run(const Job& job) {
  busy_ = true;
  job([this, alive = std::weak_ptr<int>(alive_)] {
    if (!alive.expired()) next();
  });
}

void Turns::next() {
  busy_ = false;
  if (waiting_.empty()) return;
  const Job job = std::move(waiting_.front());
  waiting_.pop_front();
  run(job);
}

}  // namespace aisle::app
