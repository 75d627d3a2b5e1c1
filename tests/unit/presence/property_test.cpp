// Random walks of a crowd with outages and withdrawals: what must hold after every call, whatever was heard.
#include <gtest/gtest.h>

#include <set>

#include "agent/base/random.hpp"
#include "tests/unit/presence/world.hpp"

namespace aisle::presence::test {
namespace {

class Checker final : public PresenceListener {
 public:
  explicit Checker(const std::vector<ZoneSpec>& zones) : zones_(zones) {}

  void on_visit_started(const Visit& visit) override {
    EXPECT_TRUE(open_.emplace(visit.customer, Open{visit.started, {}}).second) << "two visits of " << visit.customer;
    EXPECT_TRUE(ids_.insert(visit.id).second) << "visit id twice";
    ++visits;
  }
  void on_zone_entered(const Visit& visit, Stay& stay, Stamp at) override {
    Open& open = find(visit);
    EXPECT_GE(at.mono, open.started.mono);
    EXPECT_TRUE(open.layers.emplace(zones_[stay.zone].layer, InZone{stay.zone, at}).second) << "two zones of a layer";
    EXPECT_GE(stay.evidence.margin_db, 0);
    EXPECT_GE(stay.evidence.samples, zones_[stay.zone].min_samples);
    ++entries;
  }
  void on_zone_dwelled(const Visit& visit, Stay& stay, seconds step, Stamp at) override {
    const InZone& in = find(visit).layers.at(zones_[stay.zone].layer);
    EXPECT_EQ(in.zone, stay.zone);
    EXPECT_GE(at.mono - in.entered.mono, step);
  }
  void on_stay_due(const Visit&, Stay&, Stamp) override { ADD_FAILURE() << "nobody asked"; }
  void on_zone_exited(const Visit& visit, Stay& stay, Stamp at) override {
    auto& layers = find(visit).layers;
    const auto in = layers.find(zones_[stay.zone].layer);
    ASSERT_NE(in, layers.end());
    EXPECT_EQ(in->second.zone, stay.zone);
    EXPECT_GE(at.mono, in->second.entered.mono);
    EXPECT_GE(at.wall, in->second.entered.wall);
    layers.erase(in);
  }
  void on_visit_ended(const Visit& visit, EndReason, Stamp at) override {
    EXPECT_TRUE(find(visit).layers.empty());
    EXPECT_GE(at.mono, visit.started.mono);
    for (const auto& stay : visit.zones) EXPECT_TRUE(stay.left.has_value());
    open_.erase(visit.customer);
  }
  void on_coverage_changed(const ZoneSpec&, Coverage, Stamp) override {}

  [[nodiscard]] std::size_t open() const { return open_.size(); }
  std::size_t visits = 0, entries = 0;

 private:
  struct InZone {
    std::size_t zone;
    Stamp entered;
  };
  struct Open {
    Stamp started;
    std::map<std::string, InZone> layers;
  };
  Open& find(const Visit& visit) {
    const auto it = open_.find(visit.customer);
    if (it != open_.end()) return it->second;
    ADD_FAILURE() << "outside any visit: " << visit.customer;
    return open_[visit.customer];
  }
  const std::vector<ZoneSpec>& zones_;
  std::map<std::string, Open> open_;
  std::set<std::string> ids_;
};

std::vector<ZoneSpec> store() {
  ZoneSpec whole = zone("whole", {"g0", "g1", "g2", "g3"}, -85, -92);
  whole.layer = "building";
  ZoneSpec slow = zone("slow", {"g3"});
  slow.exit_after = seconds{120};
  slow.min_samples = 5;
  return {zone("a", {"g0"}), zone("b", {"g1", "g2"}), zone("c", {"g2"}, -60, -70), slow, whole};
}

void wander(std::uint64_t seed) {
  SeededRandom random(seed);
  const auto zones = store();
  Checker checker(zones);
  CountingNumbers numbers;
  PresenceOptions options;
  options.store = "s1";
  options.max_customers = 12;
  options.visit_gap = seconds{100};
  Presence presence(options, zones, numbers, checker);
  double t = 0;
  for (int step = 0; step < 20000; ++step) {
    t += random.unit() < 0.01 ? random.unit() * 150 : random.unit() * 0.5;
    const std::string customer = "c" + std::to_string(random.below(15));
    const GatewayId gateway("g" + std::to_string(random.below(5)));
    const double what = random.unit();
    if (what < 0.97) {
      presence.on_sighting({customer, gateway, -70 + 15 * random.normal(), Assurance::rotating, BeaconKind::ibeacon},
                           at(t - (random.unit() < 0.05 ? 2 : 0)));
    } else if (what < 0.985) {
      presence.on_receiver(gateway, random.unit() < 0.6, at(t));
    } else if (what < 0.99) {
      presence.forget(customer, EndReason::consent_withdrawn, at(t));
    } else {
      presence.advance(at(t));
    }
    ASSERT_LE(presence.stats().tracked, options.max_customers);
    ASSERT_EQ(presence.stats().visits_open, checker.open());
    ASSERT_EQ(presence.stats().tracked > 0, presence.next_deadline().has_value());
  }
  while (const auto due = presence.next_deadline()) presence.advance({*due, at(t).wall + (*due - at(t).mono)});
  EXPECT_EQ(checker.open(), 0U) << "silence ends every visit";
  EXPECT_GT(checker.visits, 20U);
  EXPECT_GT(checker.entries, checker.visits);
}

TEST(Property, RandomWalksKeepTheInvariants) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    wander(seed);
  }
}

TEST(Property, TheSameAdvertsTellTheSameStory) {
  const auto tell = [] {
    World world(store());
    SeededRandom random(7);
    for (int step = 0; step < 5000; ++step) {
      world.see(step * 0.3, -70 + 15 * random.normal(), "g" + std::to_string(random.below(4)),
                "c" + std::to_string(random.below(9)));
    }
    world.presence.end_all(EndReason::left, at(5000));
    return world.told();
  };
  const auto first = tell();
  EXPECT_GT(first.size(), 100U);
  EXPECT_EQ(first, tell());
}

}  // namespace
}  // namespace aisle::presence::test
