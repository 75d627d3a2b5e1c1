#include "tests/bench/radio/meter.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/bluez/controller/load.hpp"

namespace aisle::radio {
namespace {

constexpr std::size_t kMost = 1'000'000;    // adverts of one run
constexpr std::size_t kNumberedData = 13;   // of the manufacturer data, without the company id
constexpr std::size_t kTakenTogether = 16;  // adverts

std::int64_t percentile(const std::vector<std::int64_t>& sorted, std::size_t percent) {
  return sorted.empty() ? 0 : sorted[(sorted.size() - 1) * percent / 100];
}

}  // namespace

Meter::Meter() : seen_(kMost) {
  latencies_.reserve(kMost);
}

void Meter::heard(ByteSpan data, SteadyTime at) {
  if (data.size() < kNumberedData) return;
  const auto advert = rig::read_numbered(data.last(kNumberedData));
  if (!advert || advert->number >= kMost) return;
  if (seen_[advert->number]) {
    ++repeated_;
    return;
  }
  seen_[advert->number] = true;
  latencies_.push_back((at - advert->sent).count());
}

std::string Meter::report() {
  std::sort(latencies_.begin(), latencies_.end());
  return nlohmann::json{{"adverts", latencies_.size()},
                        {"repeated", repeated_},
                        {"p50_us", percentile(latencies_, 50)},
                        {"p99_us", percentile(latencies_, 99)},
                        {"max_us", percentile(latencies_, 100)}}
      .dump();
}

bool MeteredQueue::offer(SourceItem item) {
  if (const auto* advert = std::get_if<Advert>(&item)) meter_.heard(advert->payload.view(), advert->arrived);
  const bool taken = queue_.offer(std::move(item));
  if (queue_.size() >= kTakenTogether) queue_.take(taken_, kTakenTogether);
  return taken;
}

}  // namespace aisle::radio
