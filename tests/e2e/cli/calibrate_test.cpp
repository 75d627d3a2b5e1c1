#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <filesystem>

#include "tests/e2e/site.hpp"
#include "tests/e2e/walk.hpp"

namespace aisle::e2e {
namespace {

using ::testing::HasSubstr;

constexpr int kSamples = 40;

// A technician's walk with beacon 1, four adverts a second, as the gateways hear it; far away stands beacon 2.
class Technician {
 public:
  // Stands there for so many adverts; each gateway hears them up to `spread` dB off.
  Technician& stand(int adverts, std::array<int, 3> levels, int spread = 2) {
    for (int i = 0; i < adverts; ++i, t_ += 0.25) {
      for (std::size_t gateway = 0; gateway < levels.size(); ++gateway) {
        const int off = (i * 7 + static_cast<int>(gateway) * 3) % (2 * spread + 1) - spread;
        text_ += advert_line(t_, fmt::format("g{}", gateway + 1), 1, levels.at(gateway) + off);
      }
      text_ += advert_line(t_, "g1", 2, -90);
    }
    return *this;
  }
  Technician& sleep(double seconds) {
    t_ += seconds;
    return *this;
  }
  [[nodiscard]] const std::string& recording() const { return text_; }

 private:
  double t_ = kWalkStart;
  std::string text_;
};

// Close to the gateway for 5 s, in the coffee zone and just outside, in the wine zone and just outside.
Technician good_walk() {
  Technician out;
  out.stand(20, {-40, -70, -70})
      .stand(kSamples, {-70, -52, -88})
      .stand(kSamples, {-70, -74, -85})
      .stand(kSamples, {-70, -90, -55})
      .stand(kSamples, {-70, -88, -70})
      .stand(20, {-70, -90, -90});
  return out;
}

struct CliCalibrate : testing::Test {
  void record(const Technician& walk, const Settings& settings = {}) {
    site.write("walk.jsonl", walk.recording());
    site.configure(settings);
  }
  // `answers` on stdin, through `shell` ("" none): what comes before the command.
  [[nodiscard]] fakes::Finished calibrate(const std::string& answers, const std::string& more) const {
    return fakes::run({"/bin/sh", "-c", fmt::format("printf '{}' | {}", answers, command(more))});
  }
  [[nodiscard]] std::string command(const std::string& more) const {
    return fmt::format("'{}' zones calibrate --config '{}' --state-dir '{}' {}", AISLECTL, site.file("aisle.toml"),
                       site.state_dir(), more);
  }
  [[nodiscard]] std::string value(const std::string& key) const {
    return Site::ctl({"config", "get", key, "--config", site.file("aisle.toml")}).out;
  }
  [[nodiscard]] std::string drop_in() const { return site.file("aisle.toml.d/90-local.toml"); }

  Site site;
};

TEST_F(CliCalibrate, ProposesAndWritesThresholdsOfEachZone) {
  record(good_walk());
  const auto done = calibrate(R"(\n\n\n\n\n)", "coffee wine --kind ibeacon --write --json");
  ASSERT_EQ(done.exit, 0) << done.err;
  const auto result = json::parse(done.out);
  EXPECT_EQ(result["device"], "d1");
  EXPECT_EQ(result["written"], drop_in());
  EXPECT_EQ(result["reload"], json({{"daemon", "not running"}}));
  ASSERT_EQ(result["zones"].size(), 2U);
  const auto& coffee = result["zones"][0];
  EXPECT_EQ(coffee["verdict"], "separated") << coffee;
  EXPECT_EQ(coffee["receiver"], "g2");
  EXPECT_EQ(coffee["outside"]["place"], "just outside");
  EXPECT_NEAR(coffee["enter_rssi"].get<int>(), -63, 2) << coffee;
  EXPECT_NEAR(coffee["inside"]["median"].get<double>(), -52, 1);
  EXPECT_NEAR(result["zones"][1]["enter_rssi"].get<int>(), -62, 2);
  EXPECT_EQ(coffee["before"]["enter_rssi"], -68);

  EXPECT_EQ(Site::ctl({"config", "check", "--config", site.file("aisle.toml")}).exit, 0);
  EXPECT_EQ(value("zones.coffee.enter_rssi"), coffee["enter_rssi"].dump() + "\n");
  EXPECT_EQ(value("zones.wine.exit_rssi"), result["zones"][1]["exit_rssi"].dump() + "\n");
  EXPECT_EQ(value("zones.entrance.enter_rssi"), "-68\n") << "was not measured";
}

TEST_F(CliCalibrate, ShowsChartAndQuestionAndWritesOnlyAfterAYes) {
  record(good_walk());
  const auto no = calibrate(R"(\nd1\n\n\n\n)", "coffee");
  ASSERT_EQ(no.exit, 0) << no.err;
  EXPECT_THAT(no.err, HasSubstr("Stand in coffee"));
  EXPECT_THAT(no.err, HasSubstr("Which device is it? Enter: d1."));
  EXPECT_THAT(no.out, HasSubstr("██"));
  EXPECT_THAT(no.out, HasSubstr("← enter"));
  EXPECT_THAT(no.out, HasSubstr("told apart from just outside"));
  EXPECT_THAT(no.out, HasSubstr("nothing was written"));
  EXPECT_FALSE(std::filesystem::exists(drop_in()));
  EXPECT_EQ(calibrate(R"(\nd1\n\n\ny\n)", "coffee").exit, 0);
  EXPECT_TRUE(std::filesystem::exists(drop_in()));
}

TEST_F(CliCalibrate, PlacesThatOverlapAreToldWithWhatToDo) {
  record(
      Technician().stand(kSamples, {-70, -60, -90}, 8).stand(kSamples, {-70, -62, -90}, 9).stand(9, {-70, -80, -80}));
  const auto done = calibrate(R"(\n\n)", "coffee --device d1 --json");
  ASSERT_EQ(done.exit, 0) << done.err;
  const auto coffee = json::parse(done.out)["zones"][0];
  EXPECT_EQ(coffee["verdict"], "overlapping") << coffee;
  EXPECT_GT(coffee["missed"].get<double>() + coffee["entering"].get<double>(), 0.1);
  EXPECT_THAT(coffee["finding"].get<std::string>(), HasSubstr("OVERLAPS with just outside"));
  EXPECT_FALSE(coffee["advice"].empty());
}

TEST_F(CliCalibrate, APhoneThatGoesSilentIsToldAndMeasuredAgain) {
  record(Technician()
             .stand(4, {-70, -52, -90})
             .sleep(30)
             .stand(1, {-90, -90, -90})
             .stand(kSamples, {-70, -52, -90})
             .stand(9, {-70, -90, -90}));
  const auto done = calibrate(R"(\n\ns\n)", "coffee --device d1 --json");
  ASSERT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("4 samples: the device has gone silent"));
  EXPECT_EQ(json::parse(done.out)["zones"][0]["verdict"], "no_outside");
}

// As a technician has it: a terminal, with a bar that grows.
TEST_F(CliCalibrate, DrawsAProgressBarOnATerminal) {
  record(good_walk());
  site.write("answers", "\n\n\n\nn\n");
  const auto done = fakes::run(
      {"/bin/sh", "-c",
       fmt::format("script -qec \"{}\" /dev/null < '{}'", command("coffee --kind ibeacon"), site.file("answers"))});
  ASSERT_EQ(done.exit, 0) << done.out << done.err;
  EXPECT_THAT(done.out, HasSubstr("█· "));
  EXPECT_THAT(done.out, HasSubstr("40/40"));
}

TEST_F(CliCalibrate, SaysWhatIsWrong) {
  record(good_walk());
  EXPECT_THAT(calibrate("", "tea").err, HasSubstr("no zone is called \"tea\""));
  EXPECT_THAT(calibrate("", "coffee").err, HasSubstr("no answer: the input has ended"));
  EXPECT_THAT(calibrate(R"(\n)", "coffee --kind bthome").err, HasSubstr("no bthome is heard"));
  EXPECT_THAT(calibrate(R"(\n\n\n\n)", "coffee --device d77").err, HasSubstr("0 samples: the device is not heard"));
  const auto none = calibrate(R"(s\n)", "coffee --device d1");
  EXPECT_EQ(none.exit, 1);
  EXPECT_THAT(none.err, HasSubstr("no zone could be measured"));
  EXPECT_EQ(calibrate("", "--samples 5").exit, 2);
}

// The daemon has the radio: it is asked what it hears, and takes the thresholds over without ending a visit.
TEST_F(CliCalibrate, WithARunningDaemonTheNewThresholdsHoldAtOnce) {
  Technician walk;
  walk.stand(4 * 3600, {-70, -52, -90});
  record(walk, {.speed = 20});
  for (const auto& [dataset, records] : {std::pair{"customers", walk_customers(1)}, std::pair{"keys", walk_keys()},
                                         std::pair{"offers", walk_offers()}}) {
    site.write(dataset, records);
    ASSERT_EQ(site.import(dataset, dataset), "");
  }
  auto daemon = site.start_aisled();
  const auto visits = [&] {
    const auto status = site.status();
    return status.is_object() ? status.value("/presence/visits_open"_json_pointer, 0) : 0;
  };
  ASSERT_TRUE(fakes::eventually([&] { return visits() == 1; })) << site.log();
  const auto done = calibrate(R"(\n\n)", "coffee --kind ibeacon --no-outside --write --json");
  ASSERT_EQ(done.exit, 0) << done.err << site.log();
  const auto result = json::parse(done.out);
  EXPECT_EQ(result["reload"]["daemon"], "reloaded") << result;
  EXPECT_EQ(result["reload"]["applied"], json::parse(R"(["zones"])"));
  EXPECT_EQ(result["reload"]["restart"], json::array());
  EXPECT_EQ(visits(), 1);
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait(), 0) << site.log();
}

TEST(CliZones, AreListed) {
  const Site site;
  site.configure({});
  const auto table = Site::ctl({"zones", "list", "--config", site.file("aisle.toml")});
  EXPECT_THAT(table.out, HasSubstr("coffee    coffee    other  floor  g2        -68         -76"));
  const auto lines = parse_lines(Site::ctl({"zones", "list", "--json", "--config", site.file("aisle.toml")}).out);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[2]["receivers"][0]["id"], "g3");
}

}  // namespace
}  // namespace aisle::e2e
