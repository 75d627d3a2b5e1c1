// Loads and scenarios.
#include <gtest/gtest.h>

#include <thread>

#include "ble/recording/recording.hpp"
#include "ble/simulator/simulator.hpp"
#include "tests/bluez/controller/test/host.hpp"

namespace aisle::rig::test {
namespace {

Bytes text(std::string_view words) {
  Bytes out;
  for (const char c : words) out.push_back(static_cast<std::byte>(c));
  return out;
}

// Reads whatever comes on a thread of its own while it lives.
class Drain {
 public:
  explicit Drain(Host& host) : host_(host), thread_([&host] { host.drain(); }) {}
  ~Drain() {
    host_.controller().unplug();
    thread_.join();
  }

 private:
  Host& host_;
  std::thread thread_;
};

TEST(Load, SendsWhatItSays) {
  Host host;
  ASSERT_TRUE(host.controller().plug());
  host.scan();
  const Drain drain(host);
  const auto report = host.controller().load({.devices = 50, .per_second = 2000, .length = milliseconds{250}});
  EXPECT_TRUE(report.done);
  EXPECT_EQ(report.sent, 500U);
  EXPECT_EQ(report.count(Outcome::reported), 500U);
  EXPECT_GE(report.elapsed, milliseconds{249});
  EXPECT_EQ(host.controller().state().reported, 500U);
  EXPECT_GT(host.controller().cpu_time().count(), 0);
}

TEST(Load, InBursts) {
  ManualClock clock;
  LoadSpec spec;
  spec.per_second = 1000;
  spec.burst = milliseconds(5);
  const auto load = make_load(spec, clock);
  std::vector<std::int64_t> due;
  for (int i = 0; i < 11; ++i) {
    due.push_back(load->due().value_or(Duration{-1}).count());
    load->take();
  }
  EXPECT_EQ(due, (std::vector<std::int64_t>{0, 0, 0, 0, 0, 5000, 5000, 5000, 5000, 5000, 10'000}));
}

TEST(Load, FunctionsDecide) {
  Host host;
  ASSERT_TRUE(host.controller().plug());
  host.scan();
  LoadSpec spec{.devices = 3, .per_second = 1000, .length = milliseconds{6}};
  spec.group = 9;
  spec.payload = [](const LoadAdvert& advert) { return hex(fmt::format("{:02x}", advert.number)); };
  spec.rssi = [](const LoadAdvert& advert) {
    return Dbm{static_cast<std::int8_t>(-50 - static_cast<int>(advert.device))};
  };
  ASSERT_EQ(host.controller().load(spec).sent, 6U);
  for (std::uint8_t i = 0; i < 6; ++i) {
    const auto heard = host.reports();
    ASSERT_EQ(heard.size(), 1U);
    const auto device = static_cast<std::uint8_t>(i % 3);
    EXPECT_EQ(heard[0].address, (Address{{0xC0, 0xDE, 0xAD, 9, 0, device}, true}));
    EXPECT_EQ(heard[0].rssi.value, -50 - device);
    EXPECT_EQ(to_hex(heard[0].payload.view()), fmt::format("{:02x}", i));
  }
}

TEST(Load, NumberedPayloadsAreReadBack) {
  const LoadAdvert advert{70'000, 3, SteadyTime{Duration{123'456'789}}};
  const Bytes payload = numbered_payload(advert);
  ASSERT_EQ(payload.size(), 20U);
  for (const ByteSpan form : {ByteSpan(payload), ByteSpan(payload).subspan(7)}) {
    const auto read = read_numbered(form);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->number, 70'000U);
    EXPECT_EQ(read->sent, advert.now);
  }
  EXPECT_FALSE(read_numbered(hex("020106")));
}

TEST(Load, StopsAndRunsBesideOthers) {
  Host host;
  ASSERT_TRUE(host.controller().plug());
  const ProgramId endless = host.controller().start_load({.per_second = 10, .length = seconds{3600}});
  const auto other = host.controller().load({.devices = 2, .per_second = 1000, .length = milliseconds{20}});
  EXPECT_EQ(other.count(Outcome::not_scanning), 20U);
  EXPECT_EQ(host.controller().state().programs, 1U);
  host.controller().stop(endless);
  const auto report = host.controller().wait(endless, seconds{5});
  EXPECT_FALSE(report.done);
  EXPECT_LT(report.sent, 3600U);
  EXPECT_GE(report.sent, 1U);
  EXPECT_EQ(host.controller().state().programs, 0U);
}

constexpr std::string_view kWalk =
    R"({"t":1700000000.0,"addr":"c0:00:00:00:00:01","addr_type":"random","rssi":-61,"data":"020106"}
{"t":1700000000.010,"rx":"g2","addr":"c0:00:00:00:00:02","addr_type":"random","rssi":-99,"data":"020106"}
{"t":1700000000.020,"state":"down"}
{"t":1700000000.060,"addr":"00:00:00:00:00:03","addr_type":"public","rssi":-72,"data":""}
)";

TEST(Player, KeepsOrderAddressRssiAndTime) {
  Host host;
  ASSERT_TRUE(host.controller().plug());
  host.scan();
  auto reader = recording::open_recording(text(kWalk));
  ASSERT_TRUE(reader);
  const auto report = host.controller().play(make_player(std::move(*reader), {.speed = 2, .receiver = GatewayId()}));
  EXPECT_TRUE(report.done);
  EXPECT_EQ(report.sent, 2U);
  EXPECT_GE(report.elapsed, milliseconds{30});  // 60 at twice the speed
  const auto first = host.reports();
  const auto second = host.reports();
  ASSERT_EQ(first.size(), 1U);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(first[0].address, (Address{{0xC0, 0, 0, 0, 0, 1}, true}));
  EXPECT_EQ(first[0].rssi.value, -61);
  EXPECT_EQ(to_hex(first[0].payload.view()), "020106");
  EXPECT_EQ(second[0].address, (Address{{0, 0, 0, 0, 0, 3}, false}));
  EXPECT_EQ(second[0].rssi.value, -72);
}

TEST(Player, StartsAtItsOrigin) {
  auto reader = recording::open_recording(text(kWalk));
  ASSERT_TRUE(reader);
  const auto program = make_player(std::move(*reader), {.origin = UnixTime{seconds{1'699'999'990}}});
  ASSERT_TRUE(program->due());
  EXPECT_EQ(*program->due(), seconds{10});
  EXPECT_EQ(program->take().rssi.value, -61);
  EXPECT_EQ(*program->due(), Duration{10'010'000});
}

TEST(Player, PlaysTheSimulatorAsFastAsItGoes) {
  Host host({.extended = true});
  ASSERT_TRUE(host.controller().plug());
  host.scan();
  const Drain drain(host);
  simulator::SimulatorOptions options;
  options.customers = 2;
  options.start = UnixTime{seconds{1'700'000'000}};
  options.duration = seconds{120};
  options.own_gateway = "g1";
  simulator::Simulator count(options);
  std::uint64_t adverts = 0;
  for (SourceItem item = count.next(); !std::holds_alternative<SourceEnd>(item); item = count.next()) {
    if (std::holds_alternative<Advert>(item)) ++adverts;
  }
  ASSERT_GT(adverts, 0U);
  const auto report =
      host.controller().play(make_player(std::make_unique<simulator::Simulator>(options), {.speed = 0}));
  EXPECT_TRUE(report.done);
  EXPECT_EQ(report.count(Outcome::reported), adverts);
}

}  // namespace
}  // namespace aisle::rig::test
