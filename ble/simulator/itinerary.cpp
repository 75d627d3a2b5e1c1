#include "ble/simulator/itinerary.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "ble/simulator/draw.hpp"

namespace aisle::simulator {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMicrosPerMillimetre = 1'000;  // 1 m/s
constexpr std::int64_t kShortestDwell = 20 * kSecond;
constexpr std::int64_t kLongestDwell = 480 * kSecond;
constexpr std::uint64_t kPassersOfCustomers = 8;  // percent that never come in
constexpr std::uint64_t kComeTwice = 15;          // percent
constexpr std::uint64_t kPasserStream = std::uint64_t{1} << 32U;

// Eight directions, thousandths.
constexpr std::array<Point, 8> kDirections = {
    {{1000, 0}, {707, 707}, {0, 1000}, {-707, 707}, {-1000, 0}, {-707, -707}, {0, -1000}, {707, -707}}};

// Builds one trip leg by leg.
class Walker {
 public:
  Walker(std::int64_t at_us, Point at) : now_(at_us), here_(at) {}

  void walk_to(Point to) {
    const std::int64_t length = std::abs(to.x - here_.x) + std::abs(to.y - here_.y);  // legs follow the walls
    if (length == 0) return;
    legs_.push_back({now_, now_ + length * kMicrosPerMillimetre, here_, to});
    now_ = legs_.back().to_us;
    here_ = to;
  }
  void walk_way(Point to) {
    for (const Point corner : FloorPlan::way(here_, to)) walk_to(corner);
  }
  void stand(std::int64_t micros) {
    legs_.push_back({now_, now_ + micros, here_, here_});
    now_ += micros;
  }
  [[nodiscard]] std::int64_t now() const { return now_; }
  std::vector<Leg> take() { return std::move(legs_); }

 private:
  std::int64_t now_;
  Point here_;
  std::vector<Leg> legs_;
};

// Short stays are the most frequent.
std::int64_t draw_dwell(Random& random) {
  const std::int64_t share = between(random, 0, 1000);
  return kShortestDwell + (kLongestDwell - kShortestDwell) / 1'000'000 * share * share;
}

Point beside(Random& random, Point receiver) {
  const std::int64_t radius = between(random, 600, 1'500);
  const Point direction = kDirections[random.below(kDirections.size())];
  return {receiver.x + direction.x * radius / 1000, receiver.y + direction.y * radius / 1000};
}

std::int64_t visit(Itinerary& itinerary, const FloorPlan& plan, Random& random, std::int64_t arrival) {
  Walker walker(arrival, FloorPlan::kOutside);
  const std::int64_t stops = plan.zones().empty() ? 0 : between(random, 2, 5);
  std::size_t zone = plan.zones().size();
  for (std::int64_t stop = 0; stop < stops; ++stop) {
    const std::size_t last = zone;
    zone = random.below(plan.zones().size());
    if (zone == last) zone = (zone + 1) % plan.zones().size();
    const auto& receivers = plan.zones()[zone].receivers;
    const std::size_t receiver = receivers[random.below(receivers.size())];
    walker.walk_way(beside(random, plan.receivers()[receiver].place));
    const std::int64_t dwell = draw_dwell(random);
    itinerary.standings.push_back({zone, receiver, walker.now(), walker.now() + dwell});
    walker.stand(dwell);
  }
  if (stops == 0) walker.walk_way(plan.receivers()[0].place);
  walker.walk_way(FloorPlan::kOutside);
  itinerary.trips.push_back(walker.take());
  return walker.now();
}

void walk_past(Itinerary& itinerary, Random& random, std::int64_t when) {
  const bool leftwards = chance(random, 50);
  Walker walker(when, leftwards ? FloorPlan::kStreetEnd : FloorPlan::kStreetBegin);
  walker.walk_to(leftwards ? FloorPlan::kStreetBegin : FloorPlan::kStreetEnd);
  itinerary.trips.push_back(walker.take());
}

Itinerary draw(const SimulatorOptions& options, const FloorPlan& plan, SeededRandom random, std::uint64_t outside) {
  Itinerary itinerary;
  const std::int64_t duration = std::max<std::int64_t>(0, options.duration.count()) * kSecond;
  const std::int64_t arrival = between(random, 0, duration / 10 * 8);
  if (chance(random, outside)) {
    walk_past(itinerary, random, arrival);
    return itinerary;
  }
  const std::int64_t left = visit(itinerary, plan, random, arrival);
  const std::int64_t again = left + between(random, 660, 1'800) * kSecond;
  if (chance(random, kComeTwice) && again < duration) visit(itinerary, plan, random, again);
  return itinerary;
}

}  // namespace

Point Leg::at(std::int64_t time_us) const {
  const std::int64_t span = to_us - from_us;
  if (span <= 0) return to;
  const std::int64_t gone = std::clamp<std::int64_t>(time_us - from_us, 0, span);
  return {from.x + (to.x - from.x) * gone / span, from.y + (to.y - from.y) * gone / span};
}

Itinerary customer_itinerary(const SimulatorOptions& options, const FloorPlan& plan, std::uint32_t index) {
  return draw(options, plan, stream(options.seed, Stream::itinerary, index), kPassersOfCustomers);
}

Itinerary passer_itinerary(const SimulatorOptions& options, const FloorPlan& plan, std::uint32_t index) {
  return draw(options, plan, stream(options.seed, Stream::itinerary, kPasserStream + index), 50);
}

}  // namespace aisle::simulator
