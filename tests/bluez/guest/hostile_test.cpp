// Whatever the air holds, memory stays flat, everything is counted, and the customers are found.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <tuple>

#include "agent/base/random.hpp"
#include "tests/bluez/guest/air.hpp"
#include "tests/bluez/guest/world.hpp"

namespace aisle::rig {
namespace {

constexpr std::uint32_t kRate = 5000;
// bluetoothd keeps each device for 30 s and looks for it one by one: the flood through it is a smaller one.
constexpr std::uint32_t kRateThroughBluetoothd = 200;
constexpr seconds kThroughBluetoothd{60};
constexpr std::uint64_t kMostDevices = 20'000;
// It takes more than real time for them: 5,000 devices a quarter of what 10,000 do, 30,000 some ten minutes.
constexpr seconds kDrowning{1};
constexpr seconds kDrowningLong{6};
constexpr seconds kRecovery{120};
// As controllers under load do.
constexpr std::size_t kReportsEach = 10;
// Fills every table to its bound.
constexpr seconds kFirst{5};
// aisled's resident memory at most, sanitizers aside: what the README states for a hostile air.
constexpr long kMost_kB = 64 * 1024;
// Between the first flood, which fills every table to its bound, and the second.
constexpr long kFlat_kB = 4 * 1024;

bool long_mode() {
  const char* mode = std::getenv("AISLE_LONG");
  return mode != nullptr && std::string(mode) == "yes";
}

Bytes random_bytes(std::uint64_t seed, std::size_t size) {
  SeededRandom random(seed);
  Bytes out(size);
  for (auto& byte : out) byte = static_cast<std::byte>(random.next());
  return out;
}

Address random_address(std::uint64_t seed) {
  SeededRandom random(seed);
  Address out{{}, true};
  for (auto& octet : out.bytes) octet = static_cast<std::uint8_t>(random.next());
  out.bytes[0] |= 0xC0U;
  return out;
}

LoadSpec flood_of(const std::string& kind) {
  LoadSpec out;
  out.per_second = kRate;
  out.devices = 1'000'000;
  out.address = [](std::uint32_t device) { return random_address(device); };
  if (kind == "malformed") {
    out.payload = [](const LoadAdvert& advert) { return random_bytes(advert.number, 1 + advert.number % 31); };
  } else if (kind == "one_address") {
    out.devices = 1;
  } else if (kind == "extended") {
    out.kind = PduKind::extended_nonconn;
    out.per_second = 500;
    out.payload = [](const LoadAdvert& advert) { return random_bytes(advert.number, 1650); };
  }
  return out;
}

class Flooded : public testing::Test {
 protected:
  void start(const char* source) {
    WorldOptions options;
    options.source = source;
    options.controller.extended = true;
    options.controller.reports_per_event = kReportsEach;
    world_ = std::make_unique<World>(options);
    ASSERT_EQ(world_->start(), "");
  }
  [[nodiscard]] std::uint64_t counter(const char* name) const {
    return world_->source()["counters"].value(name, std::uint64_t{0});
  }
  [[nodiscard]] long resident_kB() { return resident_kB_of(world_->aisled()); }
  [[nodiscard]] static long resident_kB_of(const fakes::Process& process) {
    std::ifstream in("/proc/" + std::to_string(process.pid()) + "/status");
    for (std::string word; in >> word;) {
      long value = 0;
      if (word == "VmRSS:" && in >> value) return value;
    }
    return -1;
  }
  // Of adverts that the source handed over.
  std::uint64_t flood(const std::string& kind, seconds length, std::uint32_t most) {
    auto spec = flood_of(kind);
    spec.length = length;
    spec.burst = milliseconds(5);
    spec.per_second = std::min(spec.per_second, most);
    const auto report = world_->controller().load(spec);
    EXPECT_TRUE(report.done);
    return report.sent;
  }
  std::unique_ptr<World> world_;
};

class HostileAir : public Flooded, public testing::WithParamInterface<std::tuple<const char*, const char*>> {
 protected:
  void SetUp() override { start(std::get<0>(GetParam())); }
  [[nodiscard]] static std::string source() { return std::get<0>(GetParam()); }
  [[nodiscard]] static seconds length() {
    if (!long_mode()) return kFirst;
    return source() == "hci" ? seconds(600) : kThroughBluetoothd;
  }
  std::uint64_t flood(seconds length) {
    return Flooded::flood(std::get<1>(GetParam()), length, source() == "bluez" ? kRateThroughBluetoothd : kRate);
  }
};

TEST_P(HostileAir, MemoryIsFlatAndCustomersAreFound) {
  flood(kFirst);
  const long before = resident_kB();
  const auto counted = world_->adverts();
  Air air(world_->controller());
  air.arrive({1});
  const auto sent = flood(length());
  EXPECT_TRUE(eventually([&] { return !world_->shop().feed_of("zone.entered").empty(); })) << world_->trouble();
  const long after = resident_kB();
  EXPECT_GT(before, 0);
  // What bluetoothd lets through does not fill the table of devices so soon.
  if (source() == "hci") {
    EXPECT_LE(after - before, kFlat_kB);
  }
  EXPECT_LE(after, kMost_kB);
  const auto heard = world_->adverts() - counted;
  if (source() == "hci") {
    EXPECT_GE(heard + kReportsEach * counter("kernel_drops"), sent);
  } else {
    // What bluetoothd swallows nobody can count.
    EXPECT_GT(heard, 0U);
    EXPECT_LE(counter("devices"), kMostDevices);
  }
  EXPECT_EQ(world_->status()["presence"]["tracked"], 1);
  RecordProperty("resident_kB", static_cast<int>(after));
}

// bluetoothd takes as much memory and time as the flood asks for; we do not, and hear on when it is over.
TEST_F(Flooded, ABluetoothdThatDrownsDoesNotTakeUsWithIt) {
  start("bluez");
  flood("addresses", long_mode() ? kDrowningLong : kDrowning, kRate);
  RecordProperty("bluetoothd_kB", static_cast<int>(resident_kB_of(world_->bluetoothd())));
  RecordProperty("resident_kB", static_cast<int>(resident_kB()));
  EXPECT_LE(resident_kB(), kMost_kB);
  EXPECT_LE(counter("devices"), kMostDevices);
  EXPECT_GT(counter("devices") + counter("evicted"), kRate / 2) << "else it was no flood";
  Air air(world_->controller());
  air.arrive({1});
  EXPECT_TRUE(eventually([&] { return !world_->shop().feed_of("zone.entered").empty(); }, kRecovery))
      << world_->trouble();
  EXPECT_EQ(world_->state(), "hearing");
}

INSTANTIATE_TEST_SUITE_P(Floods, HostileAir,
                         testing::Combine(testing::Values("bluez", "hci"),
                                          testing::Values("addresses", "malformed", "one_address", "extended")),
                         [](const auto& its) {
                           return std::string(std::get<0>(its.param)) + "_" + std::get<1>(its.param);
                         });

}  // namespace
}  // namespace aisle::rig
