// The reference cloud keeps a gateway's datasets in step.
#include <gtest/gtest.h>

#include <set>

#include "tests/e2e/agent/shop.hpp"

namespace aisle::e2e {
namespace {

class CloudSync : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(shop_.broker.start());
    shop_.write_files({3, 3, 60, 2});
  }
  void start() {
    ASSERT_TRUE(shop_.open_serving_cloud());
    aisled_ = shop_.site.start_aisled();
    ASSERT_TRUE(applied("offers", 3));
    ASSERT_TRUE(applied("customers", 3));
    ASSERT_TRUE(applied("keys", 1));
  }
  // Waits until the last sync.applied of a dataset counts this many.
  bool applied(const std::string& dataset, std::uint64_t count) {
    return fakes::eventually([&] {
      const auto last = shop_.last_applied(dataset);
      return last.is_object() && last["count"] == count;
    });
  }

  Shop shop_;
  fakes::Process aisled_;
};

TEST_F(CloudSync, ServesWhatARecordingNeeds) {
  start();
  EXPECT_TRUE(fakes::eventually([&] { return shop_.feed_of("visit.ended").size() == 3; })) << shop_.site.log();
  EXPECT_GT(shop_.feed_of("offer.decided").size(), 0U);
}

TEST_F(CloudSync, AChangedFileIsPushedAsADelta) {
  start();
  const auto before = shop_.last_applied("offers");
  shop_.site.write(
      "offers.jsonl",
      walk_offers() +
          R"({"id":"new","version":1,"content":{"en":{"title":"N","body":"n"}},"zones":["coffee"],"trigger":"enter","priority":1})"
          "\n");
  ASSERT_TRUE(applied("offers", 4)) << shop_.site.log();
  const auto after = shop_.last_applied("offers");
  EXPECT_EQ(after["epoch"], before["epoch"]);
  EXPECT_GT(after["cursor"], before["cursor"]);
  EXPECT_NE(after["digest"], before["digest"]);
}

TEST_F(CloudSync, APoisonedRecordDoesNotStopTheOthers) {
  start();
  shop_.site.write("customers.jsonl", walk_customers(4) +
                                          R"({"id":"c-poison","devices":"none","consent":{}})"
                                          "\n" +
                                          walk_customer(6));
  ASSERT_TRUE(applied("customers", 5)) << shop_.site.log();
  const auto refused = shop_.last_applied("customers")["refused"];
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0]["id"], "c-poison");
  EXPECT_EQ(refused[0]["field"], "devices");
}

TEST_F(CloudSync, ANewEpochIsTakenBySnapshot) {
  start();
  const auto before = shop_.last_applied("customers");
  shop_.close_cloud();
  shop_.site.write("customers.jsonl", walk_customers(5));
  // The gateway hears of the new epoch by the first delta, and asks.
  ASSERT_TRUE(shop_.open_serving_cloud());
  shop_.site.write("customers.jsonl", walk_customers(6));
  ASSERT_TRUE(applied("customers", 6)) << shop_.site.log();
  EXPECT_NE(shop_.last_applied("customers")["epoch"], before["epoch"]);
}

TEST_F(CloudSync, ManyRecordsComeInPages) {
  constexpr int kMany = 3000;
  shop_.site.write("customers.jsonl", walk_customers(kMany));
  ASSERT_TRUE(shop_.broker.subscribe_durably("aisle/v1/s1/g1/sync/customers"));
  ASSERT_TRUE(shop_.open_serving_cloud());
  aisled_ = shop_.site.start_aisled();
  ASSERT_TRUE(applied("customers", kMany)) << shop_.site.log();
  std::set<int> pages;
  int announced = 0;
  for (const auto& line : shop_.broker.durable_lines()) {
    const auto page = json::parse(line, nullptr, false);
    if (!page.is_object() || !page.contains("page")) continue;
    EXPECT_LE(line.size(), 128U * 1024);
    pages.insert(page["page"].get<int>());
    announced = page["pages"];
  }
  EXPECT_GT(announced, 2);
  EXPECT_EQ(pages.size(), static_cast<std::size_t>(announced));
  EXPECT_EQ(parse_lines(shop_.site.ctl_here({"customers", "list", "--json"}).out).size(),
            static_cast<std::size_t>(kMany));
}

}  // namespace
}  // namespace aisle::e2e
