#include "ble/source/item_queue.hpp"

#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace aisle {
namespace {

Advert advert(int rssi) {
  Advert out;
  out.rssi = Dbm{static_cast<std::int8_t>(rssi)};
  return out;
}
std::vector<int> levels(const std::vector<SourceItem>& items) {
  std::vector<int> out;
  for (const auto& item : items) {
    const auto* heard = std::get_if<Advert>(&item);
    out.push_back(heard != nullptr ? heard->rssi.value : 0);
  }
  return out;
}

TEST(ItemQueue, KeepsTheOrderAndWakesOnlyWhenItWasEmpty) {
  int wakes = 0;
  ItemQueue queue(100, [&] { ++wakes; });
  for (int i = 1; i <= 70; ++i) EXPECT_TRUE(queue.offer(advert(-i)));
  EXPECT_EQ(wakes, 1);
  std::vector<SourceItem> items;
  EXPECT_TRUE(queue.take(items, 30));
  ASSERT_EQ(items.size(), 30U);
  EXPECT_EQ(levels(items).front(), -1);
  // It wraps around while it grows.
  for (int i = 71; i <= 120; ++i) EXPECT_TRUE(queue.offer(advert(-i)));
  EXPECT_EQ(wakes, 1);
  EXPECT_FALSE(queue.take(items, 1000));
  const auto rest = levels(items);
  ASSERT_EQ(rest.size(), 90U);
  for (std::size_t i = 0; i < rest.size(); ++i) EXPECT_EQ(rest[i], -31 - static_cast<int>(i));
  EXPECT_TRUE(queue.offer(advert(-1)));
  EXPECT_EQ(wakes, 2);
}

TEST(ItemQueue, WhenFullAdvertsAreDroppedAndCounted) {
  ItemQueue queue(3, [] {});
  for (int i = 1; i <= 3; ++i) EXPECT_TRUE(queue.offer(advert(-i)));
  EXPECT_FALSE(queue.offer(advert(-4)));
  EXPECT_FALSE(queue.offer(advert(-5)));
  EXPECT_EQ(queue.dropped(), 2U);
  EXPECT_EQ(queue.size(), 3U);
  EXPECT_EQ(queue.capacity(), 3U);
}

// A radio that went down must not get lost in the noise.
TEST(ItemQueue, AStatePushesTheOldestAdvertOut) {
  ItemQueue queue(3, [] {});
  for (int i = 1; i <= 3; ++i) queue.offer(advert(-i));
  EXPECT_TRUE(queue.offer(ReceiverState{}));
  EXPECT_EQ(queue.dropped(), 1U);
  std::vector<SourceItem> items;
  queue.take(items, 10);
  EXPECT_EQ(levels(items), (std::vector<int>{-2, -3, 0}));
}

TEST(ItemQueue, AFileWaitsForRoomAndLosesNothing) {
  constexpr int kItems = 5000;
  ItemQueue queue(16, [] {});
  std::thread source([&] {
    for (int i = 0; i < kItems; ++i) EXPECT_TRUE(queue.wait_and_put(advert(-(i % 100) - 1)));
  });
  std::vector<SourceItem> items;
  int next = 0;
  while (next < kItems) {
    queue.take(items, 7);
    EXPECT_LE(items.size(), 7U);
    for (const int level : levels(items)) EXPECT_EQ(level, -(next++ % 100) - 1);
    if (items.empty()) std::this_thread::yield();
  }
  source.join();
  EXPECT_EQ(queue.dropped(), 0U);
}

TEST(ItemQueue, ClosingWakesWhoWaitsAndRefusesAll) {
  ItemQueue queue(1, [] {});
  ASSERT_TRUE(queue.wait_and_put(advert(-1)));
  auto waiting = std::async(std::launch::async, [&] { return queue.wait_and_put(advert(-2)); });
  queue.close();
  ASSERT_EQ(waiting.wait_for(seconds{30}), std::future_status::ready);
  EXPECT_FALSE(waiting.get());
  EXPECT_FALSE(queue.offer(advert(-3)));
  EXPECT_FALSE(queue.wait_and_put(advert(-4)));
}

}  // namespace
}  // namespace aisle
