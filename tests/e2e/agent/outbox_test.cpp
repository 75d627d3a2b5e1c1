// `aislectl outbox`: what waits and what was refused, with a daemon and without.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "agent/store/state_lock.hpp"
#include "tests/e2e/agent/shop.hpp"

namespace aisle::e2e {
namespace {

constexpr const char* kNoVisits = "topic readwrite #\ntopic deny aisle/v1/s1/g1/evt/visit/started\n";

fakes::BrokerOptions broker_without_visits() {
  fakes::BrokerOptions options = patient_broker();
  options.acl = kNoVisits;
  return options;
}

std::vector<json> lines_of(const Site& site, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "outbox");
  arguments.emplace_back("--json");
  const auto done = site.ctl_here(std::move(arguments));
  EXPECT_EQ(done.exit, 0) << done.err;
  return parse_lines(done.out);
}

TEST(OutboxCommands, WhatTheBrokerRefusedIsShownExportedAndSentAgain) {
  Shop shop(broker_without_visits());
  ASSERT_TRUE(shop.broker.start());
  shop.stock({3, 2, 30, 2});
  ASSERT_TRUE(shop.open_cloud());
  auto aisled = shop.site.start_aisled();
  ASSERT_TRUE(fakes::eventually([&] {
    const auto outbox = shop.site.outbox();
    return outbox.is_object() && outbox["dead_letters"] == 3 && outbox["rows"] == 0;
  })) << shop.site.log();
  EXPECT_TRUE(shop.feed_of("visit.started").empty());

  const auto listed = lines_of(shop.site, {"list"});
  ASSERT_EQ(listed.size(), 3U);
  for (const auto& line : listed) {
    EXPECT_EQ(line["state"], "dead");
    EXPECT_EQ(line["type"], "visit.started");
    EXPECT_EQ(line["reason_code"], 0x87);
    EXPECT_NE(line["reason"].get<std::string>().find("refuse"), std::string::npos) << line;
    EXPECT_GT(line["bytes"], 100);
    EXPECT_FALSE(line.contains("event"));
  }
  EXPECT_TRUE(lines_of(shop.site, {"list", "--pending"}).empty());
  std::vector<std::string> exported;  // byte for byte
  std::istringstream lines(shop.site.ctl_here({"outbox", "export", "--dead"}).out);
  for (std::string line; std::getline(lines, line);) {
    ASSERT_TRUE(json::accept(line)) << line;
    const auto payload = line.find("\"event\":") + 8;
    exported.push_back(line.substr(payload, line.size() - 1 - payload));
  }
  ASSERT_EQ(exported.size(), 3U);
  EXPECT_EQ(lines_of(shop.site, {"check"}).at(0)["sound"], true);
  EXPECT_EQ(shop.site.wait_for_daemon()["sync"]["state"], "online");

  aisled.signal(SIGTERM);
  ASSERT_EQ(aisled.wait(), 0);
  shop.broker.stop();
  shop.broker.set_acl("topic readwrite #\n");
  ASSERT_TRUE(shop.broker.start());
  ASSERT_TRUE(shop.open_cloud());
  aisled = shop.site.start_aisled();
  ASSERT_TRUE(shop.site.wait_for_daemon().is_object());
  EXPECT_EQ(shop.site.ctl_here({"outbox", "retry", "--id", "1", "zone.entered"}).exit, 1) << "these were not refused";
  EXPECT_EQ(lines_of(shop.site, {"retry", std::to_string(listed[0]["id"].get<int>())}).at(0)["retried"], 1);
  EXPECT_EQ(lines_of(shop.site, {"retry", "visit.started"}).at(0)["retried"], 2);
  ASSERT_TRUE(fakes::eventually([&] { return shop.feed_of("visit.started").size() >= 6; })) << shop.site.log();
  const std::string sent = '\n' + fakes::read_file(shop.site.file("feed.jsonl"));
  for (const auto& payload : exported) EXPECT_NE(sent.find('\n' + payload + '\n'), std::string::npos) << payload;
  EXPECT_TRUE(fakes::eventually([&] { return lines_of(shop.site, {"list"}).empty(); }));
}

TEST(OutboxCommands, WithoutADaemonTheDatabaseIsRead) {
  const Shop shop;  // its broker is not started
  shop.stock({3, 2, 30, 2});
  auto aisled = shop.site.start_aisled();
  ASSERT_TRUE(fakes::eventually([&] {
    const auto outbox = shop.site.outbox();
    return outbox.is_object() && outbox["rows"] >= 15;
  })) << shop.site.log();
  aisled.signal(SIGTERM);
  ASSERT_EQ(aisled.wait(), 0);

  const auto status = lines_of(shop.site, {"status"}).at(0);
  const auto listed = lines_of(shop.site, {"list"});
  EXPECT_EQ(listed.size(), status["rows"]);
  std::uint64_t bytes = 0;
  for (const auto& line : listed) bytes += line["bytes"].get<std::uint64_t>();
  EXPECT_EQ(bytes, status["bytes"]);
  const auto exported = lines_of(shop.site, {"export"});
  ASSERT_EQ(exported.size(), listed.size());
  EXPECT_EQ(short_type(exported[0]["event"]), "epoch.started");
  const auto check = lines_of(shop.site, {"check"}).at(0);
  EXPECT_EQ(check["rows"], status["rows"]);
  EXPECT_EQ(check["sound"], true);
  const auto table = shop.site.ctl_here({"outbox", "list"});
  EXPECT_NE(table.out.find("visit.started"), std::string::npos) << table.out;
}

// As of a card that can only be read: what only looks takes no lock and writes nothing.
TEST(OutboxCommands, LookingLeavesTheStateDirectoryAlone) {
  const Shop shop;
  shop.stock({1, 1, 10, 2});
  const auto lock = store::StateLock::acquire(shop.site.state_dir());
  ASSERT_TRUE(lock) << lock.error().message();
  const auto files = [&] {
    std::set<std::pair<std::string, std::filesystem::file_time_type>> all;
    for (const auto& entry : std::filesystem::directory_iterator(shop.site.state_dir()))
      all.emplace(entry.path(), entry.last_write_time());
    return all;
  };
  const auto before = files();
  for (const char* verb : {"status", "check", "list", "export"}) {
    const auto done = shop.site.ctl_here({"outbox", verb});
    EXPECT_EQ(done.exit, 0) << verb << ": " << done.err;
  }
  EXPECT_EQ(files(), before);
  EXPECT_EQ(shop.site.ctl_here({"outbox", "retry"}).exit, 1) << "this one changes something";
}

TEST(OutboxCommands, CheckSaysWhatIsWrongAndTouchesNothing) {
  const Shop shop;
  EXPECT_EQ(shop.site.ctl_here({"outbox", "check"}).exit, 1) << "no database";
  shop.stock({1, 1, 10, 2});
  const std::string database = shop.site.state_dir() + "/aisle.db";
  {
    std::fstream file(database, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(3 * 4096);
    file << std::string(8192, '\x5a');
  }
  const std::string before = fakes::read_file(database);
  const auto done = shop.site.ctl_here({"outbox", "check"});
  EXPECT_EQ(done.exit, 1);
  EXPECT_NE(done.err.find("corrupt"), std::string::npos) << done.err;
  EXPECT_EQ(fakes::read_file(database), before);
}

}  // namespace
}  // namespace aisle::e2e
