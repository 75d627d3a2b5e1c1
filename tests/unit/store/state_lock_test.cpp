#include "agent/store/state_lock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/fakes/temp_dir.hpp"

namespace aisle::store {
namespace {

using testing::HasSubstr;

TEST(StateLock, OneHolderAtATimeNamedByPid) {
  const fakes::TempDir dir;
  auto first = StateLock::acquire(dir.path());
  ASSERT_TRUE(first);
  const auto second = StateLock::acquire(dir.path());
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message(), HasSubstr("process " + std::to_string(getpid())));
}

TEST(StateLock, IsFreeAgainAfterwards) {
  const fakes::TempDir dir;
  {
    auto first = StateLock::acquire(dir.path());
    ASSERT_TRUE(first);
    StateLock moved = std::move(*first);
    EXPECT_FALSE(StateLock::acquire(dir.path()));
  }
  EXPECT_TRUE(StateLock::acquire(dir.path()));
}

TEST(StateLock, MissingDirectoryIsAnError) {
  const fakes::TempDir dir;
  const auto lock = StateLock::acquire(dir.file("none"));
  ASSERT_FALSE(lock);
  EXPECT_THAT(lock.error().message(), HasSubstr("none/aisle.lock"));
}

}  // namespace
}  // namespace aisle::store
