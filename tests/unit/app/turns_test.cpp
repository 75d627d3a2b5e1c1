#include "agent/app/turns.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aisle::app {
namespace {

TEST(Turns, OneAfterAnotherEachUntilItIsDone) {
  Turns turns;
  std::string order;
  std::vector<Task> done;
  const auto job = [&](char name) {
    return [&, name](const Task& finished) {
      order += name;
      done.push_back(finished);
    };
  };
  turns.add(job('a'));
  turns.add(job('b'));
  turns.add([&](const Task& finished) {
    order += 'c';
    finished();
  });
  turns.add(job('d'));
  EXPECT_EQ(order, "a");
  done[0]();
  EXPECT_EQ(order, "ab");
  done[1]();
  EXPECT_EQ(order, "abcd");
  EXPECT_FALSE(turns.idle());
  done[2]();
  EXPECT_TRUE(turns.idle());
}

TEST(Turns, DoneAfterTheEndIsHarmless) {
  Task late;
  {
    Turns turns;
    turns.add([&](const Task& finished) { late = finished; });
    turns.add([](const Task&) { FAIL(); });
  }
  late();
}

}  // namespace
}  // namespace aisle::app
