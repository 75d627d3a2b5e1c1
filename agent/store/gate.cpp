#include "agent/store/gate.hpp"

#include <utility>

namespace aisle::store {

Gate::Pass::Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}

Gate::Pass::~Pass() {
  if (gate_ != nullptr) gate_->leave();
}

Gate::Pass Gate::enter(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  if (!free_.wait_until(lock, deadline, [this] { return !taken_; })) return Pass(nullptr);
  taken_ = true;
  return Pass(this);
}

void Gate::leave() {
  {
    const std::scoped_lock lock(mutex_);
    taken_ = false;
  }
  free_.notify_one();
}

}  // namespace aisle::store
