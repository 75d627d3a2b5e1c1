// Whoever stands in a zone is heard strongly there and weakly elsewhere.
#include <gtest/gtest.h>

#include <map>

#include "ble/identity/token.hpp"
#include "tests/unit/simulator/small_store.hpp"

namespace aisle::simulator {
namespace {

struct Sums {
  double total = 0;
  int count = 0;
  [[nodiscard]] double mean() const { return count == 0 ? -127 : total / count; }
};

using Heard = std::map<std::pair<std::string, std::string>, std::vector<std::pair<UnixTime, int>>>;

// By customer id and receiver, found by their tokens.
Heard listen(const SimulatorOptions& options) {
  std::map<std::string, std::string> customer_of;  // token AD structure to id
  for (const DayKey& key : population(options).keys) {
    const auto rpik = identity::derive_rpik(key.key);
    const UnixTime end = options.start + options.duration;
    for (UnixTime t = options.start; t < end + seconds{600}; t += seconds{600}) {
      if (utc_day(t) == key.day)
        customer_of[identity::token_ad_hex(identity::derive_rpi(rpik, token_interval(t)))] =
            fmt::format("c-{:04}", key.ordinal);
    }
  }
  Heard heard;
  Simulator simulator(options);
  for (;;) {
    const SourceItem item = simulator.next();
    const auto* advert = std::get_if<Advert>(&item);
    if (advert == nullptr) return heard;
    const ByteSpan payload = advert->payload.view();
    const auto who = customer_of.find(to_hex(payload.subspan(std::min<std::size_t>(3, payload.size()))));
    if (who == customer_of.end()) continue;
    heard[{who->second, std::string(advert->receiver.view())}].emplace_back(advert->at.wall, advert->rssi.value);
  }
}

Sums during(const Heard& heard, const Stay& stay, const std::string& receiver) {
  Sums sums;
  const auto it = heard.find({stay.customer_id, receiver});
  if (it == heard.end()) return sums;
  for (const auto& [at, rssi] : it->second) {
    if (at < stay.entered || at >= stay.left) continue;
    sums.total += rssi;
    ++sums.count;
  }
  return sums;
}

TEST(Truth, EveryStayIsHeardStronglyInItsZoneAndWeaklyElsewhere) {
  const std::map<std::string, std::string> receiver_of = {{"door", "g1"}, {"coffee", "g2"}, {"garden", "g3"}};
  double near = 0;
  int stays = 0;
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    SimulatorOptions options = testing::small_store(seed);
    options.customers = 25;
    options.duration = seconds{3600};
    const Heard heard = listen(options);
    for (const Stay& stay : population(options).truth) {
      if (stay.left - stay.entered < seconds{20}) continue;  // cut by the end of the simulation
      for (const auto& [zone, receiver] : receiver_of) {
        const Sums sums = during(heard, stay, receiver);
        if (zone != stay.zone_id) {
          EXPECT_LT(sums.mean(), -76) << stay.customer_id << " in " << stay.zone_id << " at " << receiver;
          continue;
        }
        EXPECT_GT(sums.count, 8) << stay.customer_id << " in " << stay.zone_id;
        EXPECT_GT(sums.mean(), -68) << stay.customer_id << " in " << stay.zone_id;
        near += sums.mean();
        ++stays;
      }
    }
  }
  ASSERT_GT(stays, 100);
  EXPECT_NEAR(near / stays, -57.5, 2.0);
}

}  // namespace
}  // namespace aisle::simulator
