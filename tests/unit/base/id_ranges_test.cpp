#include "agent/base/id_ranges.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "agent/base/random.hpp"

namespace aisle {
namespace {

using Map = std::map<std::int64_t, std::int64_t>;

TEST(IdRanges, NeighboursBecomeOneRange) {
  IdRanges ids;
  for (const std::int64_t id : {5, 3, 4, 9}) ids.add(id);
  EXPECT_EQ(ids.ranges(), (Map{{3, 5}, {9, 9}}));
  ids.add(IdRange{4, 8});
  EXPECT_EQ(ids.ranges(), (Map{{3, 9}}));
  EXPECT_EQ(ids.count(), 7U);
  ids.add(IdRange{2, 1});
  EXPECT_EQ(ids.count(), 7U);
}

TEST(IdRanges, BeginningAt) {
  IdRanges ids;
  ids.add(IdRange{4, 6});
  EXPECT_EQ(ids.beginning_at(4), (IdRange{4, 6}));
  EXPECT_EQ(ids.beginning_at(5), (IdRange{5, 4}));
}

TEST(IdRanges, LikeASetOfIds) {
  SeededRandom dice(11);
  for (int round = 0; round < 200; ++round) {
    IdRanges ids;
    std::set<std::int64_t> model;
    for (int step = 0; step < 40; ++step) {
      const auto first = static_cast<std::int64_t>(dice.below(60));
      const auto last = first + static_cast<std::int64_t>(dice.below(6)) - 1;
      if (dice.below(5) == 0) {
        ids.remove_through(first / 2);
        model.erase(model.begin(), model.upper_bound(first / 2));
      } else {
        ids.add(IdRange{first, last});
        for (auto id = first; id <= last; ++id) model.insert(id);
      }
      ASSERT_EQ(ids.count(), model.size());
      const IdRanges gaps = ids.gaps(IdRange{10, 40});
      for (std::int64_t id = 0; id < 70; ++id) {
        ASSERT_EQ(ids.contains(id), model.contains(id)) << id;
        ASSERT_EQ(gaps.contains(id), id >= 10 && id <= 40 && !model.contains(id)) << id;
      }
    }
  }
}

TEST(IdRanges, TakesTheFirst) {
  IdRanges ids;
  ids.add(IdRange{1, 3});
  ids.add(IdRange{7, 9});
  IdRanges first = ids.take(2);
  EXPECT_EQ(first.ranges(), (Map{{1, 2}}));
  first = ids.take(3);
  EXPECT_EQ(first.ranges(), (Map{{3, 3}, {7, 8}}));
  EXPECT_EQ(ids.ranges(), (Map{{9, 9}}));
  EXPECT_EQ(ids.take(100).count(), 1U);
  EXPECT_TRUE(ids.empty());
  EXPECT_TRUE(ids.take(1).empty());
}

TEST(IdRanges, SaysHowFarARangeGoes) {
  IdRanges ids;
  ids.add(IdRange{3, 5});
  EXPECT_EQ(ids.through(2), 1);
  EXPECT_EQ(ids.through(3), 5);
  EXPECT_EQ(ids.through(5), 5);
  EXPECT_EQ(ids.through(6), 5);
}

}  // namespace
}  // namespace aisle
