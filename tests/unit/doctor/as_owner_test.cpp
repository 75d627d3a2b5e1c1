#include "agent/doctor/as_owner.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "tests/fakes/temp_dir.hpp"

namespace aisle::doctor {
namespace {

bool opens(const std::string& path) {
  return std::ifstream(path).good();
}

TEST(AsOwner, RootReadsForTheDaemonWhatTheDaemonMayRead) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  const fakes::TempDir place;
  const std::string state = place.file("state"), secret = place.file("secret"), own = place.file("own");
  constexpr uid_t kDaemon = 54'321;
  ASSERT_EQ(mkdir(state.c_str(), 0700), 0);
  for (const auto& path : {secret, own}) {
    std::ofstream(path) << "text";
    ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  }
  for (const auto& path : {state, own}) ASSERT_EQ(chown(path.c_str(), kDaemon, kDaemon), 0);
  ASSERT_EQ(chmod(place.file("").c_str(), 0755), 0);
  bool changed = false, secret_there = true, own_there = false;
  std::thread([&] {
    changed = open_files_as_owner(state).value_or(false);
    std::thread([&] {
      secret_there = opens(secret);
      own_there = opens(own);
    }).join();
  }).join();
  EXPECT_TRUE(changed);
  EXPECT_FALSE(secret_there);
  EXPECT_TRUE(own_there);
  EXPECT_TRUE(opens(secret));
}

TEST(AsOwner, NothingChangesWhereItIsOurs) {
  const fakes::TempDir place;
  const auto changed = open_files_as_owner(place.file(""));
  ASSERT_TRUE(changed) << changed.error().message();
  EXPECT_FALSE(*changed);
}

}  // namespace
}  // namespace aisle::doctor
