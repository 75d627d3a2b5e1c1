// Consumers share the work: with an MQTT 5 shared subscription each event goes to one of them.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/e2e/agent/ledger.hpp"
#include "tests/e2e/agent/shop.hpp"

namespace aisle::e2e {
namespace {

using ::testing::IsEmpty;

TEST(SharedConsumers, EachEventComesOnceBetweenTwo) {
  Shop shop;
  ASSERT_TRUE(shop.broker.start());
  Settings setup;
  shop.stock({8, 6, 60, 2}, setup);
  const auto expected = decisions_of(shop.site.replay("walk.jsonl"));
  std::vector<fakes::Process> consumers;
  for (const char* name : {"worker-1", "worker-2"}) {
    fakes::Command command;
    command.argv = {"/usr/bin/mosquitto_sub",
                    "-V",
                    "5",
                    "-p",
                    std::to_string(shop.broker.port()),
                    "-i",
                    name,
                    "-q",
                    "1",
                    "-t",
                    "$share/workers/aisle/v1/+/+/evt/#"};
    command.out = shop.site.file(name);
    consumers.emplace_back(command);
    ASSERT_TRUE(fakes::eventually([&] {
      const auto log = fakes::whole_lines(fakes::read_file(shop.broker.directory() + "/log"));
      return std::ranges::any_of(log, [&](const auto& line) { return line.find(name) != std::string::npos; });
    }));
  }
  auto aisled = shop.site.start_aisled({"--exit-when-done"});
  ASSERT_EQ(aisled.wait(), 0) << shop.site.log();
  const auto lines_of = [&](const char* name) { return fakes::whole_lines(fakes::read_file(shop.site.file(name))); };
  std::vector<std::string> all;
  ASSERT_TRUE(fakes::eventually([&] {
    all = lines_of("worker-1");
    for (auto& line : lines_of("worker-2")) all.push_back(line);
    std::vector<json> events;
    for (const auto& line : all) events.push_back(json::parse(line, nullptr, false));
    return decisions_of(events).size() >= expected.size();
  }));
  const Ledger ledger(all);
  EXPECT_THAT(ledger.problems(), IsEmpty());
  EXPECT_EQ(ledger.duplicates(), 0U);
  EXPECT_GT(lines_of("worker-1").size(), all.size() / 4);
  EXPECT_GT(lines_of("worker-2").size(), all.size() / 4);
}

}  // namespace
}  // namespace aisle::e2e
