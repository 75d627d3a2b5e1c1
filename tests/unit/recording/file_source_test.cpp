#include "ble/recording/file_source.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace aisle::recording {
namespace {

Stamp at_ms(std::int64_t ms) {
  const Duration since{1'740'000'000'000'000 + ms * 1000};
  return {SteadyTime{since}, UnixTime{since}};
}

// Adverts at the given milliseconds.
class ListReader final : public ItemReader {
 public:
  explicit ListReader(std::vector<std::int64_t> times) : times_(std::move(times)) {}
  SourceItem next() override {
    if (next_ == times_.size()) return SourceEnd{};
    Advert advert;
    advert.at = at_ms(times_[next_++]);
    return advert;
  }

 private:
  std::vector<std::int64_t> times_;
  std::size_t next_ = 0;
};

// Keeps what is put; the test waits for a number of items or the end.
class KeepingSink final : public SourceSink {
 public:
  bool offer(SourceItem item) override { return wait_and_put(std::move(item)); }
  bool wait_and_put(SourceItem item) override {
    const std::scoped_lock lock(mutex_);
    ended_ = ended_ || std::holds_alternative<SourceEnd>(item);
    items_.push_back(std::move(item));
    changed_.notify_all();
    return true;
  }
  bool wait_for_end() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, seconds{20}, [&] { return ended_; });
  }
  bool wait_for_items(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, seconds{20}, [&] { return items_.size() >= count; });
  }
  std::vector<SourceItem> items() {
    const std::scoped_lock lock(mutex_);
    return items_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<SourceItem> items_;
  bool ended_ = false;
};

ReaderFactory list(std::vector<std::int64_t> times) {
  return [times] { return Result<std::unique_ptr<ItemReader>>(std::make_unique<ListReader>(times)); };
}

TEST(ReplaySource, WaitsForItsGateThenPutsEverythingAndOneEnd) {
  const SystemClock clock;
  KeepingSink sink;
  ReplaySource source(list({0, 5'000, 5'000, 3'600'000}), {"replay", 0}, clock);
  ASSERT_TRUE(source.start(sink));
  EXPECT_EQ(source.status().state, "waiting");
  EXPECT_TRUE(sink.items().empty());
  source.release();
  ASSERT_TRUE(sink.wait_for_end());
  source.stop();
  const auto items = sink.items();
  ASSERT_EQ(items.size(), 5U);
  for (std::size_t i = 0; i < 4; ++i) {
    ASSERT_TRUE(std::holds_alternative<Advert>(items[i]));
    EXPECT_NE(std::get<Advert>(items[i]).arrived, SteadyTime{});
  }
  EXPECT_TRUE(std::holds_alternative<SourceEnd>(items[4]));
  EXPECT_EQ(source.status().state, "ended");
  EXPECT_EQ(source.status().detail, "4 items, at 2025-02-19T22:20:00.000Z");
}

TEST(ReplaySource, TicksEverySecondOfSilence) {
  const SystemClock clock;
  KeepingSink sink;
  ReplaySource source(list({0, 500, 10'000}), {"replay", 1000}, clock);
  ASSERT_TRUE(source.start(sink));
  source.release();
  ASSERT_TRUE(sink.wait_for_end());
  const auto items = sink.items();
  ASSERT_EQ(items.size(), 3U + 9U + 1U);
  for (std::size_t i = 2; i < 11; ++i) {
    const auto* tick = std::get_if<ClockTick>(&items[i]);
    ASSERT_NE(tick, nullptr);
    EXPECT_EQ(tick->at.wall, at_ms(500 + 1000 * static_cast<std::int64_t>(i - 1)).wall);
    EXPECT_EQ(tick->at.mono, at_ms(500 + 1000 * static_cast<std::int64_t>(i - 1)).mono);
  }
}

TEST(ReplaySource, PlaysNoFasterThanItsSpeed) {
  const SystemClock clock;
  KeepingSink sink;
  ReplaySource source(list({0, 2'000}), {"replay", 100}, clock);
  ASSERT_TRUE(source.start(sink));
  const SteadyTime before = clock.steady();
  source.release();
  ASSERT_TRUE(sink.wait_for_end());
  const auto items = sink.items();
  EXPECT_GE(std::get<Advert>(items[items.size() - 2]).arrived - before, milliseconds{20});
}

TEST(ReplaySource, StopsAtOnceInTheMiddleAndPutsNoEnd) {
  const SystemClock clock;
  KeepingSink sink;
  ReplaySource source(list({0, 3'600'000}), {"simulator", 1e-3}, clock);
  ASSERT_TRUE(source.start(sink));
  source.release();
  ASSERT_TRUE(sink.wait_for_items(1));
  EXPECT_EQ(source.status().state, "playing");
  EXPECT_EQ(source.status().source, "simulator");
  source.stop();
  source.stop();
  EXPECT_EQ(sink.items().size(), 1U);
  EXPECT_EQ(source.status().state, "stopped");
}

TEST(ReplaySource, StopsBeforeItsGateOpened) {
  const SystemClock clock;
  KeepingSink sink;
  ReplaySource source(list({0}), {}, clock);
  ASSERT_TRUE(source.start(sink));
  source.stop();
  EXPECT_TRUE(sink.items().empty());
}

TEST(ReplaySource, StartTellsWhyItCannot) {
  const SystemClock clock;
  KeepingSink sink;
  ReplaySource source([]() -> Result<std::unique_ptr<ItemReader>> { return fail("no such file"); }, {}, clock);
  const auto started = source.start(sink);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().message(), "no such file");
}

}  // namespace
}  // namespace aisle::recording
