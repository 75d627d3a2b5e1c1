#include "agent/base/loop.hpp"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace aisle {
namespace {

TEST(TimerQueue, RunsByDueTimeThenByOrderSet) {
  TimerQueue timers;
  std::string order;
  const SteadyTime start{};
  timers.add(start + seconds{2}, [&] { order += 'c'; });
  timers.add(start + seconds{1}, [&] { order += 'a'; });
  timers.add(start + seconds{1}, [&] { order += 'b'; });
  EXPECT_EQ(timers.next_due(), start + seconds{1});
  EXPECT_FALSE(timers.take_due(start));
  while (auto task = timers.take_due(start + seconds{1})) task();
  EXPECT_EQ(order, "ab");
  while (auto task = timers.take_due(start + seconds{9})) task();
  EXPECT_EQ(order, "abc");
  EXPECT_TRUE(timers.empty());
}

TEST(TimerQueue, ACancelledOneNeverRuns) {
  TimerQueue timers;
  bool ran = false;
  const auto id = timers.add(SteadyTime{}, [&] { ran = true; });
  timers.cancel(id);
  timers.cancel(id);
  timers.cancel(12345);
  EXPECT_TRUE(timers.empty());
  EXPECT_FALSE(timers.take_due(SteadyTime{} + seconds{1}));
  EXPECT_FALSE(ran);
}

TEST(VirtualLoop, TimersRunAtTheirOwnTimeAndPostsInOrder) {
  ManualClock clock;
  VirtualLoop loop(clock);
  std::vector<std::pair<char, Duration>> seen;
  const auto start = clock.steady();
  const auto note = [&](char what) { seen.emplace_back(what, clock.steady() - start); };
  loop.after(seconds{3}, [&] { note('3'); });
  loop.after(seconds{1}, [&] {
    note('1');
    loop.post([&] { note('p'); });
    loop.after(seconds{1}, [&] { note('2'); });
  });
  loop.post([&] { note('0'); });
  loop.run_for(seconds{10});
  const std::vector<std::pair<char, Duration>> expected = {
      {'0', seconds{0}}, {'1', seconds{1}}, {'p', seconds{1}}, {'2', seconds{2}}, {'3', seconds{3}}};
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(clock.steady() - start, seconds{10});
  EXPECT_TRUE(loop.idle());
}

TEST(EpollLoop, PostsOfAnotherThreadArriveInOrder) {
  const SystemClock clock;
  EpollLoop loop(clock);
  constexpr int kPosts = 2000;
  std::vector<int> seen;
  std::thread other([&] {
    for (int i = 0; i < kPosts; ++i) loop.post([&seen, i] { seen.push_back(i); });
    loop.stop();
  });
  loop.run();
  other.join();
  ASSERT_EQ(seen.size(), static_cast<std::size_t>(kPosts)) << "what was posted before stop still runs";
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

TEST(EpollLoop, ATimerRunsNoEarlierAndCanBeCancelled) {
  const SystemClock clock;
  EpollLoop loop(clock);
  const auto start = clock.steady();
  Duration waited{0};
  bool cancelled_ran = false;
  const auto cancelled = loop.after(milliseconds{1}, [&] { cancelled_ran = true; });
  loop.cancel(cancelled);
  loop.after(milliseconds{20}, [&] {
    waited = clock.steady() - start;
    loop.stop();
  });
  loop.run();
  EXPECT_GE(waited, milliseconds{20});
  EXPECT_FALSE(cancelled_ran);
}

TEST(EpollLoop, WatchesADescriptorUntilToldNotTo) {
  const SystemClock clock;
  EpollLoop loop(clock);
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(pipe(pipe_ends.data()), 0);
  int calls = 0;
  loop.watch(pipe_ends[0], EPOLLIN, [&](std::uint32_t events) {
    EXPECT_NE(events & EPOLLIN, 0U);
    ++calls;
    loop.unwatch(pipe_ends[0]);  // from inside the handler; the byte stays unread
    loop.after(milliseconds{10}, [&] { loop.stop(); });
  });
  ASSERT_EQ(write(pipe_ends[1], "x", 1), 1);
  loop.run();
  EXPECT_EQ(calls, 1);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

TEST(LoopThread, RunsWhatWasPostedThenJoins) {
  const SystemClock clock;
  int ran = 0;
  std::thread::id where;
  LoopThread thread(clock, "a-name-that-is-too-long-for-a-thread");
  for (int i = 0; i < 10; ++i) {
    thread.loop().post([&] {
      ++ran;
      where = std::this_thread::get_id();
    });
  }
  thread.stop();
  thread.stop();
  EXPECT_EQ(ran, 10);
  EXPECT_NE(where, std::this_thread::get_id());
}

}  // namespace
}  // namespace aisle
