#include "sync/core/ack_watch.hpp"

#include <utility>

namespace aisle::sync {

AckWatch::AckWatch(Loop& loop, Duration patience, std::function<void()> overdue)
    : loop_(loop), patience_(patience), overdue_(std::move(overdue)) {}

AckWatch::~AckWatch() {
  if (timer_ != 0) loop_.cancel(timer_);
}

void AckWatch::sent(std::uint64_t token) {
  waiting_.emplace_hint(waiting_.end(), token, loop_.clock().steady());
  if (timer_ == 0 && !told_) arm(patience_);
}

void AckWatch::clear() {
  waiting_.clear();
  told_ = false;
}

void AckWatch::arm(Duration delay) {
  timer_ = loop_.after(delay, [this] {
    timer_ = 0;
    look();
  });
}

// The timer is not moved with every answer: it looks when the oldest of its time would be overdue.
void AckWatch::look() {
  if (waiting_.empty() || told_) return;
  const Duration waited = loop_.clock().steady() - waiting_.begin()->second;
  if (waited < patience_) return arm(patience_ - waited);
  told_ = true;
  overdue_();
}

}  // namespace aisle::sync
