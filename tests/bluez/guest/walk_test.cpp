// The same walk through the virtual radio and through `aislectl replay` gives the same visits, zones and offers.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <time.h>

#include <cmath>
#include <map>

#include "ble/recording/recording.hpp"
#include "tests/bluez/guest/air.hpp"
#include "tests/bluez/guest/world.hpp"

namespace aisle::rig {
namespace {

constexpr std::int64_t kStart = 1'772'809'200;  // 2026-03-06T15:00:00Z
constexpr int kPhones = 4;
constexpr int kWalk_s = 25 * 60;  // tokens change twice meanwhile

void set_clock(std::int64_t unix_s) {
  const timespec now{unix_s, 0};
  ASSERT_EQ(::clock_settime(CLOCK_REALTIME, &now), 0);
}

// Phone i enters after 100 i seconds, comes near, stays, walks off, and comes back within the visit's gap.
int rssi_at(int number, int second) {
  const int t = second - 100 * number;
  const int noise = (second * 7 + number * 5) % 5 - 2;
  if (t < 0 || t > 900) return 0;
  if (t < 60 || (t > 300 && t < 500)) return -84 + noise;
  return -56 + noise;
}

// Odd phones change their address with the token, even ones keep it.
Address address_of(int number, std::int64_t at) {
  const auto interval = number % 2 == 0 ? 0 : at / 600;
  return {{0x41, 0xA1, 0, 0, static_cast<std::uint8_t>(interval), static_cast<std::uint8_t>(number)}, true};
}

std::string walk_lines(std::int64_t start) {
  std::string out;
  for (int second = 0; second < kWalk_s; ++second) {
    for (int number = 1; number <= kPhones; ++number) {
      const int rssi = rssi_at(number, second);
      if (rssi == 0) continue;
      const auto at = start + second;
      const auto address = address_of(number, at);
      const auto& b = address.bytes;
      out += fmt::format(
          R"({{"t":{}.{},"addr":"{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}","addr_type":"random","rssi":{},"data":"{}"}})"
          "\n",
          at, number, b[0], b[1], b[2], b[3], b[4], b[5], rssi, to_hex(phone_payload(number, at)));
    }
  }
  return out;
}

struct Step {
  std::string what;
  double at = 0;
};

// By customer: what happened, in order.
std::map<std::string, std::vector<Step>> steps_of(const std::vector<json>& events) {
  std::map<std::string, std::vector<Step>> out;
  for (const auto& event : e2e::decisions_of(events)) {
    const auto& data = event["data"];
    const auto time = parse_rfc3339(event["time"].get<std::string>());
    out[data.value("customer_id", "")].push_back({event["type"].get<std::string>() + " " + data.value("zone_id", "") +
                                                      data.value("offer_id", "") + " " + data.value("visit_id", ""),
                                                  time ? to_unix_seconds(*time) : 0});
  }
  return out;
}

class WalkOnTheAir : public testing::TestWithParam<const char*> {};

TEST_P(WalkOnTheAir, IsTheWalkOfTheRecording) {
  set_clock(kStart - 60);
  WorldOptions options;
  options.source = GetParam();
  options.zones =
      "[[zones]]\nid = \"till\"\nlayer = \"tills\"\nreceivers = [\"g1\"]\nenter_rssi = -62\nexit_rssi = -66\n"
      "dwell_s = [30]\n";
  World world(options);
  ASSERT_EQ(world.start(), "");
  const auto start =
      std::chrono::duration_cast<seconds>(std::chrono::system_clock::now().time_since_epoch()).count() + 5;
  world.shop().site.write("air.jsonl", walk_lines(start));
  auto recording = recording::open_recording(world.shop().site.file("air.jsonl"));
  ASSERT_TRUE(recording) << recording.error().message();
  PlayOptions play;
  play.origin = world.controller().clock().now();
  const auto played = world.controller().play(make_player(std::move(*recording), play), seconds(2 * kWalk_s));
  ASSERT_TRUE(played.done);
  ASSERT_TRUE(eventually([&] { return world.shop().feed_of("visit.ended").size() == kPhones; }, seconds(900)))
      << world.trouble();

  // The scanner hops away from one advert in thirty, and bluetoothd may leave out another: a second each.
  const double tolerance = std::string(GetParam()) == "hci" ? 1.5 : 2.5;
  const auto live = steps_of(world.shop().feed());
  const auto replayed = steps_of(world.shop().site.replay("air.jsonl"));
  ASSERT_EQ(replayed.size(), static_cast<std::size_t>(kPhones));
  ASSERT_EQ(live.size(), replayed.size());
  for (const auto& [customer, expected] : replayed) {
    const auto& found = live.at(customer);
    EXPECT_GE(expected.size(), 8U) << customer;  // a visit with both zones, twice, and an offer
    ASSERT_EQ(found.size(), expected.size()) << customer;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(found[i].what, expected[i].what) << customer;
      EXPECT_NEAR(found[i].at, expected[i].at, tolerance) << customer << " " << found[i].what;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sources, WalkOnTheAir, testing::Values("bluez", "hci"),
                         [](const auto& source) { return std::string(source.param); });

}  // namespace
}  // namespace aisle::rig
