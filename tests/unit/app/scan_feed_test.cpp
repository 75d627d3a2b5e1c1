#include "agent/app/scan_feed.hpp"

#include <gtest/gtest.h>

namespace aisle::app {
namespace {

class Listener final : public control::Reply {
 public:
  void line(const Json& value) override { lines.push_back(value); }
  void text(std::string_view value) override { lines.push_back(Json::parse(value)); }
  void finish() override {}
  [[nodiscard]] bool gone() const override { return left; }
  [[nodiscard]] std::size_t waiting() const override { return unread; }
  [[nodiscard]] std::size_t adverts() const {
    std::size_t count = 0;
    for (const auto& line : lines) count += line.value("adverts", Json::array()).size();
    return count;
  }
  std::vector<Json> lines;
  bool left = false;
  std::size_t unread = 0;
};

struct ScanFeedTest : testing::Test {
  std::shared_ptr<Listener> listen() {
    auto listener = std::make_shared<Listener>();
    feed.subscribe(listener, {{"gateway", "g1"}});
    return listener;
  }
  void hear(std::uint8_t device, std::size_t times = 1) {
    for (std::size_t i = 0; i < times; ++i) {
      Advert advert;
      advert.at = clock.stamp();
      advert.address.bytes = {1, 2, 3, 4, 5, device};
      feed.hear(SourceItem(std::move(advert)));
    }
  }
  static std::uint32_t alias_in(const Json& line) { return line["adverts"].at(0).at(1).get<std::uint32_t>(); }

  ManualClock clock{UnixTime{seconds{1'800'000'000}}};
  VirtualLoop loop{clock};
  ScanFeed feed{loop,
                GatewayId("g1"),
                {[this] { return clock.stamp(); },
                 [] {
                   return SourceStatus{"test", "hearing", "well"};
                 }}};
};

TEST_F(ScanFeedTest, TellsEachBeatWhatWasHeard) {
  hear(9);  // nobody listens
  const auto listener = listen();
  hear(1);
  hear(2);
  loop.run_for(ScanFeed::kBeat);
  loop.run_for(ScanFeed::kBeat);
  ASSERT_EQ(listener->lines.size(), 3U);
  EXPECT_EQ(listener->lines[0]["gateway"], "g1");
  EXPECT_EQ(listener->lines[1]["adverts"].size(), 2U);
  EXPECT_EQ(listener->lines[1]["radio"], "hearing: well");
  EXPECT_EQ(listener->lines[2]["adverts"].size(), 0U) << "silence is told too, and the time goes on";
  EXPECT_EQ(listener->lines[2]["ended"], false);
}

TEST_F(ScanFeedTest, IsBoundedAndCountsWhatItLeavesOut) {
  const auto quick = listen();
  const auto slow = listen();
  hear(1, ScanFeed::kMostInBatch + 5);
  slow->unread = ScanFeed::kMostWaiting + 1;
  loop.run_for(ScanFeed::kBeat);
  slow->unread = 0;
  hear(1, 2);
  loop.run_for(ScanFeed::kBeat);
  EXPECT_EQ(quick->adverts(), ScanFeed::kMostInBatch + 2);
  EXPECT_EQ(quick->lines.back()["dropped"], 5U);
  EXPECT_EQ(slow->adverts(), 2U);
  EXPECT_EQ(slow->lines.back()["dropped"], ScanFeed::kMostInBatch + 5);
}

TEST_F(ScanFeedTest, AliasesOutliveTheListenerForAWhile) {
  const auto first = listen();
  hear(7);
  hear(8);
  loop.run_for(ScanFeed::kBeat);
  first->left = true;
  loop.run_for(seconds{300});
  const auto second = listen();
  hear(8);
  loop.run_for(ScanFeed::kBeat);
  EXPECT_EQ(alias_in(second->lines.back()), 2U);
  second->left = true;
  loop.run_for(seconds{700});
  EXPECT_TRUE(loop.idle()) << "nothing is left to do when nobody listens";
  const auto third = listen();
  hear(8);
  loop.run_for(ScanFeed::kBeat);
  EXPECT_EQ(alias_in(third->lines.back()), 1U);
}

}  // namespace
}  // namespace aisle::app
