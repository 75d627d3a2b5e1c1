// Somebody or something alters the database while the gateway is off: it comes up all the same, says what it found, and
// everything from then on is whole. What the damage took is listed as lost; nothing comes altered into another event.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "agent/base/random.hpp"
#include "tests/e2e/agent/ordeal.hpp"

namespace aisle::e2e {
namespace {

namespace fs = std::filesystem;

void flip_bits(const fs::path& file, SeededRandom& random, int count) {
  const auto size = fs::file_size(file);
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  for (int i = 0; i < count; ++i) {
    const auto at = static_cast<std::streamoff>(random.below(size));
    bytes.seekg(at);
    const int byte = bytes.get() ^ (1 << random.below(8));
    bytes.seekp(at);
    bytes.put(static_cast<char>(byte));
  }
}

struct Case {
  const char* name;
  void (*damage)(const fs::path& database, SeededRandom& random);
};

const fs::path wal_of(const fs::path& database) {
  return database.string() + "-wal";
}

const Case kCases[] = {
    {"TruncatedDatabase",
     [](const fs::path& database, SeededRandom& random) {
       fs::resize_file(database, random.below(fs::file_size(database)));
     }},
    {"EmptyDatabase", [](const fs::path& database, SeededRandom&) { fs::resize_file(database, 0); }},
    {"FlippedHeader",
     [](const fs::path& database, SeededRandom&) {
       std::fstream(database, std::ios::in | std::ios::out | std::ios::binary).put('X');
     }},
    {"FlippedBits", [](const fs::path& database, SeededRandom& random) { flip_bits(database, random, 200); }},
    {"FlippedLog", [](const fs::path& database, SeededRandom& random) { flip_bits(wal_of(database), random, 20); }},
    {"TruncatedLog",
     [](const fs::path& database, SeededRandom& random) {
       fs::resize_file(wal_of(database), random.below(fs::file_size(wal_of(database))));
     }},
    {"NoLog", [](const fs::path& database, SeededRandom&) { fs::remove(wal_of(database)); }},
};

class Damage : public testing::TestWithParam<Case> {};

TEST_P(Damage, DoesNotStopTheGateway) {
  SeededRandom random(20264);
  Ordeal ordeal;
  ASSERT_EQ(ordeal.prepare({}), "");
  const auto& site = ordeal.shop.site;
  ordeal.shop.broker.stop();  // events pile up
  {
    auto aisled = site.start_aisled();
    ASSERT_TRUE(site.wait_for_daemon().is_object());
    ASSERT_TRUE(fakes::eventually([&] { return site.outbox()["rows"] > 300; })) << site.log();
    aisled.kill_hard();
  }
  const fs::path database = site.state_dir() + "/aisle.db";
  ASSERT_TRUE(fs::exists(database) && fs::exists(wal_of(database)));
  GetParam().damage(database, random);
  ASSERT_TRUE(ordeal.shop.broker.start());
  bool lost = false;
  {
    auto aisled = site.start_aisled();
    ASSERT_TRUE(site.wait_for_daemon().is_object()) << site.log();
    for (const char* said : {"the database was corrupt", "the database has less than was committed to it"})
      lost = lost || site.log().find(said) != std::string::npos;
    EXPECT_EQ(fs::exists(database.string() + ".corrupt-1"),
              site.log().find("the database was corrupt") != std::string::npos);
    aisled.kill_hard();
  }
  // A new database knows nobody.
  for (const char* dataset : {"customers", "offers", "keys"})
    ASSERT_EQ(site.import(dataset, std::string(dataset) + ".jsonl"), "");
  ASSERT_EQ(ordeal.clean_runs(), "");

  const auto ledger = ordeal.ledger();
  EXPECT_GT(ledger.events(), 500U);
  EXPECT_EQ(ledger.problems(), std::vector<std::string>{});
  if (lost) {
    EXPECT_GT(ledger.listed("lost"), 0U);
  }
  // The others may hit a record, what the log has whole, or the log's old end.
  const std::string name = GetParam().name;
  EXPECT_TRUE(lost || (name != "EmptyDatabase" && name != "NoLog"));
}

INSTANTIATE_TEST_SUITE_P(OfTheDatabase, Damage, testing::ValuesIn(kCases),
                         [](const auto& damage) { return std::string(damage.param.name); });

// Where each event has the year of its `recordedtime`.
std::vector<std::size_t> years_in(const std::string& content) {
  constexpr std::string_view kMember = "\"recordedtime\":\"";
  std::vector<std::size_t> found;
  for (auto at = content.find(kMember); at != std::string::npos; at = content.find(kMember, at + 1))
    found.push_back(at + kMember.size());
  return found;
}

// "2026-…" becomes "3026-…": the database is sound, the JSON is, and it is not what was recorded.
TEST(DamageOfAPayload, IsNotSentAndIsListedAsLost) {
  constexpr std::size_t kFlipped = 20;
  SeededRandom random(20265);
  Ordeal ordeal;
  ASSERT_EQ(ordeal.prepare({}), "");
  const auto& site = ordeal.shop.site;
  ordeal.shop.broker.stop();
  {
    auto aisled = site.start_aisled();
    ASSERT_TRUE(site.wait_for_daemon().is_object());
    ASSERT_TRUE(fakes::eventually([&] { return site.outbox()["rows"] > 300; })) << site.log();
    aisled.signal(SIGTERM);
    ASSERT_EQ(aisled.wait(), 0);
  }
  const std::string database = site.state_dir() + "/aisle.db";
  std::string content = fakes::read_file(database);
  const auto years = years_in(content);
  ASSERT_GT(years.size(), 300U);
  for (std::size_t i = 0; i < kFlipped; ++i) {
    char& year = content[years[random.below(years.size())]];
    year = static_cast<char>(year ^ 1);
  }
  std::ofstream(database, std::ios::binary) << content;

  const auto check = site.ctl_here({"outbox", "check", "--json"});
  EXPECT_EQ(check.exit, 1);
  EXPECT_NE(check.err.find("is damaged: its checksum is wrong"), std::string::npos) << check.err;
  ASSERT_TRUE(ordeal.shop.broker.start());
  ASSERT_EQ(ordeal.clean_runs(), "");

  const auto ledger = ordeal.ledger();
  EXPECT_EQ(ledger.problems(), std::vector<std::string>{});
  EXPECT_GT(ledger.listed("lost"), 0U);
  EXPECT_LE(ledger.listed("lost"), kFlipped);
  EXPECT_EQ(ledger.listed_and_seen(), 0U);
  EXPECT_EQ(site.outbox()["damaged"], ledger.listed("lost"));
  const auto after = site.ctl_here({"outbox", "check", "--json"});
  EXPECT_EQ(after.exit, 0) << after.err;
  EXPECT_EQ(json::parse(after.out)["set_aside"].size(), ledger.listed("lost"));
}

}  // namespace
}  // namespace aisle::e2e
