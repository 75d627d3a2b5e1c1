#include "sync/core/takeover.hpp"

namespace aisle::sync {
namespace {

constexpr Duration kQuick =
    std::chrono::minutes(2);  // twice the default spread of retries, within which two rivals meet
constexpr std::uint32_t kSuspicious = 4;

}  // namespace

void TakeoverWatch::settle(Duration stood) {
  if (stood < kPeace) return;
  wordless_ = 0;
  count_ = 0;
  backoff_.reset();
}

void TakeoverWatch::explained(Duration stood) {
  settle(stood);
  wordless_ = 0;
}

Duration TakeoverWatch::told(Duration stood, Random& random) {
  settle(stood);
  ++count_;
  return backoff_.next(random);
}

std::optional<Duration> TakeoverWatch::closed(Duration stood, Random& random) {
  settle(stood);
  const bool suspected = wordless_ >= kSuspicious;
  if (stood >= (suspected ? kPeace : kQuick)) {
    wordless_ = 0;
    return std::nullopt;
  }
  if (!suspected) ++wordless_;
  if (wordless_ < kSuspicious) return std::nullopt;
  return told(stood, random);
}

}  // namespace aisle::sync
