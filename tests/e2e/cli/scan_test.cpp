#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <set>

#include "tests/e2e/site.hpp"
#include "tests/e2e/walk.hpp"

namespace aisle::e2e {
namespace {

std::vector<std::string> scan_of(const Site& site, std::vector<std::string> more) {
  more.insert(more.begin(), "scan");
  more.insert(more.end(), {"--config", site.file("aisle.toml")});
  return more;
}

TEST(CliScan, WithoutADaemonTheConfiguredSourceIsHeard) {
  const Site site;
  site.write("walk.jsonl", walk_recording({.customers = 2, .hops = 1}));
  site.configure({});
  const auto done = site.ctl_here(scan_of(site, {"--json", "--seconds", "10"}));
  ASSERT_EQ(done.exit, 0) << done.err;
  const auto lines = parse_lines(done.out);
  ASSERT_EQ(lines.size(), 2U * 3 * 5) << "two customers at three gateways each 2 s, for 10 s";
  std::set<std::string> devices;
  for (const auto& line : lines) {
    EXPECT_EQ(line["kind"], "ibeacon");
    EXPECT_EQ(line["rssi"], line["rssi_smoothed"]) << line;
    devices.insert(line["device"]);
  }
  EXPECT_EQ(devices, (std::set<std::string>{"d1", "d2"}));
  EXPECT_EQ(lines[0]["time"], "2026-03-06T15:00:00.010Z");
  EXPECT_EQ(done.out.find("c0:00"), std::string::npos) << "no addresses";
}

TEST(CliScan, TheTableHasTheLoudestFirst) {
  const Site site;
  site.write("walk.jsonl", walk_recording({.customers = 1, .hops = 1}));
  site.configure({});
  const auto done = site.ctl_here(scan_of(site, {}));
  ASSERT_EQ(done.exit, 0) << done.err;
  const auto lines = fakes::whole_lines(done.out);
  ASSERT_EQ(lines.size(), 4U) << done.out;
  EXPECT_EQ(lines[0].rfind("device  kind     receiver  dBm", 0), 0U) << lines[0];
  EXPECT_EQ(lines[1].rfind("d1      ibeacon  g2        -50", 0), 0U) << lines[1];
  EXPECT_NE(done.err.find("1 devices"), std::string::npos) << done.err;
  const auto counted = site.ctl_here(scan_of(site, {"--json", "--count", "5", "--kind", "ibeacon"}));
  EXPECT_EQ(parse_lines(counted.out).size(), 5U);
  EXPECT_EQ(site.ctl_here(scan_of(site, {"--json", "--kind", "bthome"})).out, "");
}

TEST(CliScan, ToldToStopItStillPrintsTheTable) {
  const Site site;
  site.write("walk.jsonl", walk_recording({.customers = 1, .hops = 100}));
  site.configure({.speed = 1});
  fakes::Process scan(
      {{AISLECTL, "scan", "--seconds", "600", "--config", site.file("aisle.toml"), "--state-dir", site.state_dir()},
       {},
       site.file("out"),
       site.file("err")});
  // The signal counts from the moment that it is blocked.
  const auto blocked = [&] {
    return fakes::read_file(fmt::format("/proc/{}/status", scan.pid())).find("SigBlk:\t0000000000004002") !=
           std::string::npos;
  };
  ASSERT_TRUE(fakes::eventually(blocked));
  scan.signal(SIGTERM);
  EXPECT_EQ(scan.wait(), 0);
  EXPECT_EQ(fakes::read_file(site.file("out")).rfind("device  kind", 0), 0U);
}

TEST(CliScan, ARunningDaemonIsAsked) {
  const Site site;
  site.write("walk.jsonl", walk_recording({.customers = 2, .hops = 10}));
  site.configure({.speed = 20});
  for (const auto& dataset : {"customers", "keys", "offers"}) {
    const std::string name = std::string(dataset) + ".jsonl";
    site.write(name, dataset == std::string("customers") ? walk_customers(2)
                     : dataset == std::string("keys")    ? walk_keys()
                                                         : walk_offers());
    ASSERT_EQ(site.import(dataset, name), "");
  }
  auto daemon = site.start_aisled();
  ASSERT_TRUE(site.wait_for_daemon().is_object()) << site.log();
  const auto done = site.ctl_here(scan_of(site, {"--json", "--count", "20"}));
  ASSERT_EQ(done.exit, 0) << done.err;
  const auto lines = parse_lines(done.out);
  ASSERT_EQ(lines.size(), 20U);
  EXPECT_EQ(lines[0]["kind"], "ibeacon");
  // Whoever looks again finds the devices under the names that they had.
  const auto name_of = [&](const json& line) { return line["device"].get<std::string>(); };
  const auto again = parse_lines(site.ctl_here(scan_of(site, {"--json", "--count", "4"})).out);
  for (const auto& line : again) EXPECT_TRUE(name_of(line) == "d1" || name_of(line) == "d2") << line;
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait(), 0) << site.log();
}

TEST(CliWatch, ShowsStatusAndEvents) {
  const Site site;
  site.configure({});
  const auto none = site.ctl_here({"watch"});
  EXPECT_EQ(none.exit, 1);
  EXPECT_NE(none.err.find("no daemon runs"), std::string::npos) << none.err;

  site.write("walk.jsonl", walk_recording({.customers = 2, .hops = 10}));
  site.configure({.speed = 30});
  site.write("customers.jsonl", walk_customers(2));
  site.write("offers.jsonl", walk_offers());
  site.write("keys.jsonl", walk_keys());
  for (const auto* dataset : {"customers", "offers", "keys"})
    ASSERT_EQ(site.import(dataset, std::string(dataset) + ".jsonl"), "");
  auto daemon = site.start_aisled();
  ASSERT_TRUE(site.wait_for_daemon().is_object()) << site.log();
  const auto done = site.ctl_here({"watch", "--json", "--seconds", "5"});
  ASSERT_EQ(done.exit, 0) << done.err;
  std::size_t statuses = 0, events = 0;
  for (const auto& line : parse_lines(done.out)) {
    if (line.contains("status")) ++statuses;
    if (line.contains("event")) ++events;
  }
  EXPECT_GE(statuses, 2U);
  EXPECT_GE(events, 1U);
  const auto text = site.ctl_here({"watch", "--seconds", "1"}).out;
  EXPECT_NE(text.find("radio     playing (replay)"), std::string::npos) << text;
}

TEST(CliScan, SaysWhatIsWrong) {
  const Site site;
  site.configure({});
  const auto none = site.ctl_here(scan_of(site, {"--seconds", "1"}));
  EXPECT_EQ(none.exit, 1);
  EXPECT_NE(none.err.find("walk.jsonl"), std::string::npos) << none.err;
  EXPECT_EQ(site.ctl_here(scan_of(site, {"--seconds", "0"})).exit, 2);
}

}  // namespace
}  // namespace aisle::e2e
