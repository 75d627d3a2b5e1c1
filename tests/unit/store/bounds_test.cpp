#include <filesystem>

#include "tests/unit/store/store_fixture.hpp"

namespace aisle::store {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr std::uint64_t kPlenty = 1'000'000;

class BoundsTest : public StoreTest {
 protected:
  // Ten events: 3, 6 and 9 are ledger events.
  void SetUp() override {
    must_open();
    std::vector<OutboxEvent> events;
    for (std::uint64_t i = 1; i <= 10; ++i) {
      events.push_back(make_event(i, i % 3 == 0));
      events.back().payload = std::string(100, 'x');
    }
    ASSERT_TRUE(commit(events));
  }
  std::vector<Dropped> enforce(std::uint64_t rows, std::uint64_t bytes, const IdRanges& keep = {}) {
    return enforce(OutboxBounds{rows, bytes}, keep);
  }
  std::vector<Dropped> enforce(const OutboxBounds& bounds, const IdRanges& keep = {}) {
    auto dropped = ask<std::vector<Dropped>>([&](auto done) { store_->enforce_bounds(bounds, keep, done); });
    EXPECT_TRUE(dropped);
    return dropped ? *dropped : std::vector<Dropped>();
  }
};

TEST_F(BoundsTest, WithinBoundsNothingGoes) {
  EXPECT_TRUE(enforce(10, 1000).empty());
  EXPECT_EQ(outbox().size(), 10U);
}

TEST_F(BoundsTest, OldestPresenceEventsGoFirst) {
  const auto dropped = enforce(6, kPlenty);
  ASSERT_EQ(dropped.size(), 1U);
  EXPECT_EQ(dropped[0].epoch, "e1");
  EXPECT_THAT(dropped[0].ranges, ElementsAre(Pair(1, 2), Pair(4, 5)));
  EXPECT_THAT(dropped[0].by_type, ElementsAre(Pair("zone.entered", 4)));
  EXPECT_THAT(sequences(), ElementsAre(3, 6, 7, 8, 9, 10));
}

TEST_F(BoundsTest, ThenLedgerEvents) {
  const auto dropped = enforce(1, kPlenty);
  ASSERT_EQ(dropped.size(), 1U);
  EXPECT_THAT(dropped[0].ranges, ElementsAre(Pair(1, 8), Pair(10, 10)));
  EXPECT_THAT(dropped[0].by_type, ElementsAre(Pair("offer.decided", 2), Pair("zone.entered", 7)));
  EXPECT_THAT(sequences(), ElementsAre(9));
  EXPECT_EQ(status().bytes, 100U);
}

TEST_F(BoundsTest, BytesCountToo) {
  enforce(kPlenty, 350);
  EXPECT_EQ(status().bytes, 300U);
  EXPECT_THAT(sequences(), ElementsAre(3, 6, 9));
}

// Event n was recorded at 1000 + n.
TEST_F(BoundsTest, AgeHasABoundForEachClass) {
  EXPECT_TRUE(enforce({kPlenty, kPlenty, 1001, 1003}).empty());
  const auto dropped = enforce({kPlenty, kPlenty, 1006, 1004});
  ASSERT_EQ(dropped.size(), 1U);
  EXPECT_THAT(dropped[0].ranges, ElementsAre(Pair(1, 5)));
  EXPECT_THAT(dropped[0].by_type, ElementsAre(Pair("offer.decided", 1), Pair("zone.entered", 4)));
  EXPECT_THAT(sequences(), ElementsAre(6, 7, 8, 9, 10));
  EXPECT_EQ(status().rows, 5U);
  EXPECT_EQ(status().bytes, 500U);
}

TEST_F(BoundsTest, WhatIsTooOldCountsAgainstTheOtherBounds) {
  enforce({7, kPlenty, 1003, 0});
  EXPECT_THAT(sequences(), ElementsAre(3, 5, 6, 7, 8, 9, 10));
}

TEST_F(BoundsTest, ALongOutageLeavesNoLargeFile) {
  std::vector<OutboxEvent> events;
  for (std::uint64_t i = 11; i <= 20'000; ++i) {
    events.push_back(make_event(i));
    events.back().payload = std::string(300, 'x');
  }
  ASSERT_TRUE(commit(std::move(events)));
  const auto pages = [this] {
    store_.reset();  // the log goes into the file
    const auto size = std::filesystem::file_size(path()) / 4096;
    must_open();
    return size;
  };
  const auto full = pages();
  EXPECT_GT(full, 1600U);
  store_->compact();  // while much waits it would only move pages about
  loop_.run_for(seconds(1));
  EXPECT_EQ(pages(), full);
  acknowledge(20'000);
  for (int i = 0; i < 3; ++i) {
    store_->compact();
    loop_.run_for(seconds(20));
  }
  EXPECT_LT(pages(), 300U);
  EXPECT_EQ(commit({make_event(20'001)})->first_id, 20'001);
}

// Nothing else is written then.
TEST_F(BoundsTest, TheFileGetsShorterWhileItIsOpen) {
  std::vector<OutboxEvent> events;
  for (std::uint64_t i = 11; i <= 20'000; ++i) {
    events.push_back(make_event(i));
    events.back().payload = std::string(300, 'x');
  }
  ASSERT_TRUE(commit(std::move(events)));
  acknowledge(20'000);
  loop_.run_for(seconds(20));
  const auto pages = [this] { return std::filesystem::file_size(path()) / 4096; };
  auto before = pages();
  ASSERT_GT(before, 1600U);
  while (before > 800) {
    store_->compact();
    loop_.run_for(seconds(1));
    ASSERT_LT(pages(), before);
    before = pages();
  }
}

TEST_F(BoundsTest, RowsInFlightStay) {
  IdRanges in_flight;
  in_flight.add(IdRange{1, 3});
  in_flight.add(8);
  const auto dropped = enforce(0, kPlenty, in_flight);
  EXPECT_THAT(sequences(), ElementsAre(1, 2, 3, 8));
  EXPECT_THAT(dropped.at(0).ranges, ElementsAre(Pair(4, 7), Pair(9, 10)));
}

TEST_F(BoundsTest, TheAccountItselfStays) {
  auto account = make_event(11, true);
  account.type = "outbox.dropped";
  ASSERT_TRUE(commit({account}));
  enforce(0, 0);
  EXPECT_THAT(sequences(), ElementsAre(11));
}

// Where an epoch ended is what the next one's first event tells.
TEST_F(BoundsTest, TheBeginningOfAnEpochGoesOnlyByItsAge) {
  auto begun = make_event(1, true, "e2");
  begun.type = "epoch.started";
  ASSERT_TRUE(commit({begun, make_event(2, true, "e2")}));
  const auto dropped = enforce(0, 0);
  ASSERT_EQ(outbox().size(), 1U);
  EXPECT_EQ(outbox()[0].event.type, "epoch.started");
  ASSERT_EQ(dropped.size(), 2U);
  EXPECT_THAT(dropped[1].ranges, ElementsAre(Pair(2, 2)));
  EXPECT_EQ(status().rows, 1U);
  EXPECT_TRUE(enforce(0, 0).empty());
  EXPECT_TRUE(enforce({kPlenty, kPlenty, 5000, begun.recorded_ms}).empty());
  EXPECT_THAT(enforce({kPlenty, kPlenty, 0, begun.recorded_ms + 1}).at(0).ranges, ElementsAre(Pair(1, 1)));
  EXPECT_TRUE(outbox().empty());
}

TEST_F(BoundsTest, TheBeginningsOfTheNewestHundredEpochsStay) {
  for (int i = 0; i < 103; ++i) {
    auto begun = make_event(1, true, "n" + std::to_string(i));
    begun.type = "epoch.started";
    ASSERT_TRUE(commit({begun}));
  }
  enforce(0, 0);
  ASSERT_EQ(outbox().size(), 100U);
  EXPECT_EQ(outbox()[0].event.epoch, "n3");
}

TEST_F(BoundsTest, EachEpochIsListed) {
  ASSERT_TRUE(commit({make_event(1, false, "e2"), make_event(2, false, "e2")}));
  const auto dropped = enforce(0, kPlenty);
  ASSERT_EQ(dropped.size(), 2U);
  EXPECT_EQ(dropped[1].epoch, "e2");
  EXPECT_THAT(dropped[1].ranges, ElementsAre(Pair(1, 2)));
  must_open();
  EXPECT_EQ(store_->loaded().previous_epoch->last_sequence, 2U);
}

TEST_F(BoundsTest, UnreportedDropsSurviveARestartUntilReported) {
  const auto dropped = enforce(8, kPlenty);
  must_open();
  ASSERT_EQ(store_->loaded().unreported_drops.size(), 1U);
  EXPECT_EQ(store_->loaded().unreported_drops[0].ranges, dropped[0].ranges);
  EXPECT_EQ(store_->loaded().unreported_drops[0].by_type, dropped[0].by_type);
  EXPECT_EQ(store_->loaded().unreported_drops[0].id, dropped[0].id);
  Batch report = batch_of({make_event(1, true, "e2")});
  report.drops_reported = dropped[0].id;
  ASSERT_TRUE(commit(std::move(report)));
  must_open();
  EXPECT_TRUE(store_->loaded().unreported_drops.empty());
}

// In the transaction that makes it one: no crash can fall between.
TEST_F(BoundsTest, ADeadLetterIsAccountedForUntilReported) {
  auto account = make_event(11, true);
  account.type = "outbox.dropped";
  ASSERT_TRUE(commit({account}));
  store_->dead_letter(2, 0x87, "not authorized");
  store_->dead_letter(11, 0x87, "not authorized");  // one report of a report is enough
  const auto dropped = enforce(kPlenty, kPlenty);
  ASSERT_EQ(dropped.size(), 1U);
  EXPECT_EQ(dropped[0].reason, "refused");
  EXPECT_EQ(dropped[0].epoch, "e1");
  EXPECT_THAT(dropped[0].ranges, ElementsAre(Pair(2, 2)));
  EXPECT_TRUE(enforce(kPlenty, kPlenty).empty()) << "told once";
  must_open();
  ASSERT_EQ(store_->loaded().unreported_drops.size(), 1U);
  EXPECT_EQ(store_->loaded().unreported_drops[0].reason, "refused");
  EXPECT_EQ(store_->loaded().unreported_drops[0].id, dropped[0].id);
}

}  // namespace
}  // namespace aisle::store
