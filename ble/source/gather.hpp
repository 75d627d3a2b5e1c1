// Whether a busy source waits a little before it looks for more, so that adverts come in gulps: one wake-up for
// several, at the price of that much latency. Pure; not thread-safe.
#pragma once

#include "agent/base/time.hpp"

namespace aisle {

class Gather {
 public:
  static constexpr Duration kBusy = milliseconds(1);  // adverts this close are worth to be gathered
  static constexpr int kTooOften = 3;                 // in a row; once is another process that had its turn
  static constexpr Duration kWithoutGather = seconds(10);

  // 0: never.
  explicit Gather(Duration pause) : pause_(pause) {}

  [[nodiscard]] Duration pause() const { return pause_; }
  // After a look at `now`, which found adverts or did not: whether to pause before the next one.
  [[nodiscard]] bool next(bool heard, SteadyTime now) {
    const bool busy = heard && pause_ > Duration{0} && now - heard_at_ <= kBusy && now >= not_until_;
    if (heard) heard_at_ = now;
    return busy;
  }
  // How long a pause really was. Where timers are too coarse, it is left out for a while.
  void paused(SteadyTime begin, SteadyTime end) {
    too_long_ = end - begin > 2 * pause_ ? too_long_ + 1 : 0;
    if (too_long_ < kTooOften) return;
    too_long_ = 0;
    not_until_ = end + kWithoutGather;
  }

 private:
  Duration pause_;
  int too_long_ = 0;
  SteadyTime heard_at_{};
  SteadyTime not_until_{};
};

}  // namespace aisle
