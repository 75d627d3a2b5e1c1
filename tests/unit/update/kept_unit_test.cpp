// The recovery's unit outlasts whatever a new package makes of it.
#include "agent/update/kept_unit.hpp"

#include "tests/unit/update/machine.hpp"

namespace aisle::update {
namespace {

namespace fs = std::filesystem;

TEST(KeptUnitTest, ItIsWantedUntilItIsForgotten) {
  const fakes::TempDir directory;
  const std::string shipped = directory.file("lib/recover.service"), units = directory.file("etc");
  const std::string wanted = units + "/multi-user.target.wants/" + kKeptUnit;
  write(shipped, "[Service]");
  fs::create_directory(units);
  ASSERT_TRUE(keep_unit(shipped, units));
  write(shipped, "broken");
  EXPECT_EQ(text_of(wanted), "[Service]") << "through the link";
  EXPECT_TRUE(fs::is_symlink(wanted));
  EXPECT_TRUE(keep_unit(shipped, units)) << "one that was left is replaced";
  EXPECT_EQ(text_of(wanted), "broken");
  forget_unit(units);
  EXPECT_FALSE(fs::is_symlink(wanted));
  EXPECT_FALSE(fs::exists(units + "/" + kKeptUnit));
  EXPECT_FALSE(keep_unit(directory.file("lib/none.service"), units));
}

}  // namespace
}  // namespace aisle::update
