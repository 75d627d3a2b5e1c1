#include "agent/provision/shelf.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/fakes/temp_dir.hpp"

namespace aisle::provision {
namespace {

namespace fs = std::filesystem;

class ShelfTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string state() const { return directory.path().string(); }
  [[nodiscard]] std::string identity(const std::string& name) const { return state() + "/identity/" + name; }
  // Installs one whose only file says this.
  static void install(Shelf& shelf, const std::string& text, Draft draft = Draft::claim) {
    ASSERT_TRUE(shelf.begin(draft));
    ASSERT_TRUE(shelf.put(draft, "file", text));
    const auto installed = shelf.install(draft);
    ASSERT_TRUE(installed) << installed.error().message();
  }
  static std::string in_force(const Shelf& shelf) { return read_text(shelf.current() + "/file").value_or("none"); }
  fakes::TempDir directory;
};

TEST_F(ShelfTest, KeepsTheOneInForceAndTheOneBefore) {
  auto shelf = Shelf::open(state());
  ASSERT_TRUE(shelf);
  EXPECT_FALSE(shelf->has_current());
  for (const char* text : {"one", "two", "three"}) {
    install(*shelf, text);
    EXPECT_EQ(in_force(*shelf), text);
  }
  EXPECT_FALSE(fs::exists(identity("1")));
  EXPECT_TRUE(fs::exists(identity("2")));
  EXPECT_FALSE(fs::exists(shelf->path_of(Draft::claim)));
}

TEST_F(ShelfTest, RollsBackAndForth) {
  auto shelf = Shelf::open(state());
  ASSERT_TRUE(shelf);
  EXPECT_EQ(shelf->roll_back().value_or(true), false);
  install(*shelf, "one");
  EXPECT_TRUE(shelf->roll_back().value_or(false));
  EXPECT_FALSE(shelf->has_current());
  EXPECT_TRUE(shelf->roll_back().value_or(false));
  install(*shelf, "two");
  EXPECT_TRUE(shelf->roll_back().value_or(false));
  EXPECT_EQ(in_force(*shelf), "one");
  install(*shelf, "three");
  EXPECT_EQ(in_force(*shelf), "three");
  EXPECT_TRUE(shelf->roll_back().value_or(false));
  EXPECT_EQ(in_force(*shelf), "one");
}

TEST_F(ShelfTest, ARenewalLeavesTheDraftOfAClaimAlone) {
  auto shelf = Shelf::open(state());
  ASSERT_TRUE(shelf);
  ASSERT_TRUE(shelf->begin(Draft::claim));
  ASSERT_TRUE(shelf->put(Draft::claim, "file", "the key of a claim"));
  install(*shelf, "renewed", Draft::renewal);
  EXPECT_EQ(read_text(shelf->path_of(Draft::claim) + "/file").value_or(""), "the key of a claim");
}

TEST_F(ShelfTest, FinishesWhatWasInterrupted) {
  {
    auto shelf = Shelf::open(state());
    ASSERT_TRUE(shelf);
    install(*shelf, "one");
    ASSERT_TRUE(shelf->begin(Draft::claim));
    ASSERT_TRUE(shelf->put(Draft::claim, "file", "two"));
  }
  // As after a power cut between the draft's new name and the link.
  fs::rename(identity("draft"), identity("2"));
  auto shelf = Shelf::open(state());
  ASSERT_TRUE(shelf);
  EXPECT_EQ(in_force(*shelf), "two");
  EXPECT_TRUE(shelf->roll_back().value_or(false));
  EXPECT_EQ(in_force(*shelf), "one");
}

TEST_F(ShelfTest, OneAtATime) {
  const auto shelf = Shelf::open(state());
  ASSERT_TRUE(shelf);
  EXPECT_FALSE(Shelf::open(state()));
}

TEST_F(ShelfTest, SecretsAreForTheUserAlone) {
  auto shelf = Shelf::open(state());
  ASSERT_TRUE(shelf);
  ASSERT_TRUE(shelf->begin(Draft::claim));
  ASSERT_TRUE(shelf->put(Draft::claim, "key", "secret", true));
  struct stat info {};
  ASSERT_EQ(stat((shelf->path_of(Draft::claim) + "/key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(ShelfTest, TheDropInLeadsToWhatIsInForce) {
  auto shelf = Shelf::open(state());
  ASSERT_TRUE(shelf);
  const std::string config = state() + "/aisle.toml";
  EXPECT_EQ(link_drop_in(config, *shelf).value_or(false), true);
  EXPECT_EQ(link_drop_in(config, *shelf).value_or(true), false);
  EXPECT_EQ(fs::read_symlink(drop_in_path(config)), shelf->current() + "/provision.toml");
  ASSERT_TRUE(unlink_drop_in(config));
  EXPECT_FALSE(fs::is_symlink(drop_in_path(config)));
}

}  // namespace
}  // namespace aisle::provision
