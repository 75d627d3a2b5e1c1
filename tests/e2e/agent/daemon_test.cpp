// A running daemon, asked and told through its control socket.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <set>
#include <sstream>

#include "tests/e2e/agent/shop.hpp"

namespace aisle::e2e {
namespace {

std::set<std::string> ids(const std::vector<json>& events) {
  std::set<std::string> out;
  for (const auto& event : events) out.insert(event.value("id", ""));
  return out;
}

TEST(Daemon, StatusCarriesEveryCounter) {
  Shop shop;
  ASSERT_TRUE(shop.broker.start());
  const Walk walk{3, 3, 60, 2};
  shop.stock(walk);
  auto aisled = shop.site.start_aisled();
  json status;
  ASSERT_TRUE(fakes::eventually([&] {
    status = shop.site.status();
    return status.is_object() && status["source"]["ended"] == true && status["sync"]["state"] == "online" &&
           status["events"]["pending"] == 0;
  })) << status
      << shop.site.log();
  const auto adverts = 3ULL * 3 * 90;
  EXPECT_EQ(status["adverts"]["adverts"], adverts);
  EXPECT_EQ(status["adverts"]["resolved"], adverts);
  EXPECT_EQ(status["queue"]["dropped"], 0);
  EXPECT_EQ(status["presence"]["visits_open"], 0);
  EXPECT_EQ(status["datasets"]["customers"]["count"], walk.customers);
  EXPECT_EQ(status["events"]["lost"], 0);
  EXPECT_GT(status["offers"]["decided"], 0);
  EXPECT_TRUE(aisled.running()) << "a recording that has ended leaves it running";
  const auto table = shop.site.ctl_here({"status"});
  EXPECT_NE(table.out.find("queue.dropped"), std::string::npos) << table.out;
}

TEST(Daemon, ImportsGoThroughItAndTakeEffect) {
  Shop shop;
  ASSERT_TRUE(shop.broker.start());
  shop.write_files({3, 3, 60, 2});
  ASSERT_TRUE(shop.open_cloud());
  auto aisled = shop.site.start_aisled();
  ASSERT_TRUE(shop.site.wait_for_daemon().is_object()) << shop.site.log();
  EXPECT_EQ(shop.site.status()["source"]["state"], "waiting") << "there is nothing to recognize yet";

  shop.site.write(
      "offers.jsonl",
      walk_offers() +
          R"({"id":"bad","version":1,"trigger":"enter","zones":["coffee"],"priority":1,"content":{"en":{"title":"T","body":"B"}},"ttl_s":"long"})"
          "\n");
  const auto done = shop.site.ctl_here({"offers", "import", shop.site.file("offers.jsonl")});
  EXPECT_EQ(done.exit, 1);
  EXPECT_NE(done.err.find("bad"), std::string::npos) << done.err;
  EXPECT_EQ(shop.site.import("customers", "customers.jsonl"), "");
  EXPECT_EQ(shop.site.import("keys", "keys.jsonl"), "");

  // The recording starts once all three are there.
  EXPECT_TRUE(fakes::eventually([&] { return shop.feed_of("visit.ended").size() == 3; })) << shop.site.log();
  const auto applied = shop.last_applied("offers");
  EXPECT_EQ(applied["count"], 3);
  ASSERT_EQ(applied["refused"].size(), 1U) << applied;
  EXPECT_EQ(applied["refused"][0]["id"], "bad");
  EXPECT_EQ(applied["refused"][0]["field"], "ttl_s");
  EXPECT_GT(shop.feed_of("offer.decided").size(), 0U);
  EXPECT_EQ(parse_lines(shop.site.ctl_here({"offers", "list", "--json"}).out).size(), 3U);
}

std::vector<std::string> lines_of(const std::string& path) {
  std::istringstream in(fakes::read_file(path));
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line) && !in.eof();) lines.push_back(line);
  return lines;
}

TEST(Daemon, TailShowsWhatTheCloudReceives) {
  Shop shop;
  ASSERT_TRUE(shop.broker.start());
  shop.write_files({3, 3, 60, 2});
  ASSERT_TRUE(shop.open_cloud());
  auto aisled = shop.site.start_aisled();
  ASSERT_TRUE(shop.site.wait_for_daemon().is_object()) << shop.site.log();
  fakes::Command command;
  command.argv = {AISLECTL, "events", "tail", "--json", "--state-dir", shop.site.state_dir()};
  command.out = shop.site.file("tail.jsonl");
  fakes::Process tail(command);
  const auto tailed = [&] { return parse_lines(fakes::read_file(shop.site.file("tail.jsonl"))); };
  // Nothing says that it listens but an event: each import makes one.
  ASSERT_TRUE(
      fakes::eventually([&] { return shop.site.import("offers", "offers.jsonl").empty() && !tailed().empty(); }));
  ASSERT_EQ(shop.site.import("keys", "keys.jsonl"), "");
  ASSERT_EQ(shop.site.import("customers", "customers.jsonl"), "");
  const auto ended = [](const std::vector<json>& events) {
    return std::ranges::count_if(events, [](const json& e) { return short_type(e) == "visit.ended"; }) == 3;
  };
  ASSERT_TRUE(fakes::eventually([&] { return ended(tailed()) && ended(shop.feed()); })) << shop.site.log();

  const auto shown = tailed();
  std::vector<std::string> received;  // byte for byte
  for (const auto& line : lines_of(shop.site.file("feed.jsonl"))) {
    if (json::parse(line)["sequence"] >= shown.front()["sequence"]) received.push_back(line);
  }
  ASSERT_TRUE(fakes::eventually([&] { return ids(tailed()).size() >= received.size(); }));
  EXPECT_EQ(lines_of(shop.site.file("tail.jsonl")), received);
}

TEST(Daemon, ASecondOneOnTheSameStateNamesTheHolder) {
  Shop shop;
  shop.stock({1, 1, 10, 2});
  auto aisled = shop.site.start_aisled();
  ASSERT_TRUE(shop.site.wait_for_daemon().is_object()) << shop.site.log();
  const auto second =
      fakes::run({AISLED, "--config", shop.site.file("aisle.toml"), "--state-dir", shop.site.state_dir()});
  EXPECT_EQ(second.exit, 1);
  EXPECT_NE(second.err.find("is in use by process"), std::string::npos) << second.err;
  EXPECT_NE(second.err.find(shop.site.state_dir()), std::string::npos) << second.err;
  EXPECT_TRUE(shop.site.status().is_object()) << "the first is not disturbed";
}

// Without a broker it decides all the same; what it made waits, and goes out once there is one.
TEST(Daemon, TheOutboxWaitsForTheBroker) {
  Shop shop;
  shop.stock({4, 4, 60, 2});
  const auto expected = decisions_of(shop.site.replay("walk.jsonl"));
  {
    auto aisled = shop.site.start_aisled();
    json status;
    ASSERT_TRUE(fakes::eventually([&] {
      status = shop.site.status();
      return status.is_object() && status["source"]["ended"] == true && status["events"]["pending"] == 0;
    })) << shop.site.log();
    EXPECT_EQ(shop.site.outbox()["rows"], status["events"]["sequence"]);
    EXPECT_GT(status["events"]["sequence"], expected.size());
    aisled.signal(SIGTERM);
    EXPECT_EQ(aisled.wait(), 0) << shop.site.log();
  }
  const auto waiting = shop.site.outbox()["rows"].get<std::uint64_t>();  // asked offline
  EXPECT_GT(waiting, expected.size());

  // The next start sends them under their own epoch. Its recording is empty.
  shop.site.write("walk.jsonl", "");
  ASSERT_TRUE(shop.broker.start());
  ASSERT_TRUE(shop.open_cloud());
  auto aisled = shop.site.start_aisled();
  ASSERT_TRUE(shop.site.wait_for_daemon().is_object())
      << shop.site.log();  // before it runs, the question takes the lock
  ASSERT_TRUE(fakes::eventually([&] {
    const auto outbox = shop.site.outbox();
    return outbox.is_object() && outbox["rows"] == 0;
  })) << shop.site.log();
  std::vector<json> first_epoch;
  const auto feed = shop.feed();
  const auto epochs = shop.feed_of("epoch.started");
  ASSERT_EQ(epochs.size(), 2U);
  const std::string previous = epochs.back()["data"]["previous_epoch"].is_string()
                                   ? epochs.back()["data"]["previous_epoch"].get<std::string>()
                                   : epochs.front()["data"]["previous_epoch"].get<std::string>();
  for (const auto& event : feed) {
    if (event["id"].get<std::string>().starts_with(previous)) first_epoch.push_back(event);
  }
  EXPECT_EQ(first_epoch.size(), waiting);
  EXPECT_EQ(decisions_of(first_epoch), expected);
}

}  // namespace
}  // namespace aisle::e2e
