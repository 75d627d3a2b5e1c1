#include "sync/core/backoff.hpp"

#include <algorithm>

namespace aisle::sync {

Duration Backoff::next(Random& random) {
  constexpr unsigned kMaxDoublings = 20;  // a million times the first: beyond every ceiling in use
  const Duration ceiling = std::min(max_, first_ * (std::int64_t{1} << doublings_));
  doublings_ = std::min(doublings_ + 1, kMaxDoublings);
  if (jitter_ == Jitter::full) return random.jitter(ceiling);
  return ceiling / 2 + random.jitter(ceiling - ceiling / 2);
}

Duration RetrySchedule::after_loss(Duration stood, bool useful, Random& random) {
  constexpr Duration kUsefulConnection = seconds(1);
  if (stood < (useful ? kUsefulConnection : Duration(kStableConnection))) return after_failure(random);
  backoff_ = Backoff(std::clamp<Duration>(spread_ / 2, std::min<Duration>(kFirst, max_), max_), max_, Jitter::full);
  busy_.reset();
  return spread_ > Duration::zero() ? random.jitter(spread_) : Duration::zero();
}

}  // namespace aisle::sync
