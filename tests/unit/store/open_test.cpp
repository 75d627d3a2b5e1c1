#include <filesystem>
#include <fstream>

#include "agent/store/schema.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace aisle::store {
namespace {

using testing::HasSubstr;

class OpenTest : public StoreTest {
 protected:
  fakes::RawDatabase raw() {
    auto database = fakes::open_raw(path(), master_key_);
    EXPECT_TRUE(database);
    return std::move(*database);
  }
};

TEST_F(OpenTest, NewDatabaseIsMigratedAndEmpty) {
  must_open();
  EXPECT_FALSE(store_->loaded().previous_epoch);
  EXPECT_FALSE(store_->loaded().quarantined);
  EXPECT_EQ(store_->loaded().outbox_last_id, 0);
  EXPECT_TRUE(store_->loaded().datasets.empty());
  store_.reset();
  auto database = raw();
  EXPECT_EQ(database->integer("PRAGMA user_version").value(), newest_schema());
  EXPECT_EQ(database->integer("PRAGMA application_id").value(), kApplicationId);
  EXPECT_EQ(database->integer("PRAGMA auto_vacuum").value(), 2);
  EXPECT_EQ(database->text("PRAGMA journal_mode").value(), "wal");
}

TEST_F(OpenTest, OthersMayNotReadIt) {
  namespace fs = std::filesystem;
  const auto others = [&](const std::string& suffix) {
    return fs::status(path() + suffix).permissions() & fs::perms::others_all;
  };
  must_open();
  ASSERT_TRUE(commit({make_event(1)}));
  EXPECT_EQ(others(""), fs::perms::none);
  EXPECT_EQ(others("-wal"), fs::perms::none);
  store_.reset();
  fs::permissions(path(), fs::perms::others_read, fs::perm_options::add);
  must_open();
  EXPECT_EQ(others(""), fs::perms::none) << "also one that was made before";
}

TEST_F(OpenTest, NewerSchemaIsRefusedAndLeftAlone) {
  must_open();
  ASSERT_TRUE(commit({make_event(1)}));
  store_.reset();
  {
    auto database = raw();
    ASSERT_TRUE(database->execute("test", "PRAGMA user_version = 99"));
  }
  const auto opened = open();
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message(), HasSubstr("schema version 99"));
  EXPECT_FALSE(std::filesystem::exists(path() + ".corrupt-1"));
  auto database = raw();
  EXPECT_EQ(database->integer("PRAGMA user_version").value(), 99);
  EXPECT_EQ(database->integer("SELECT count(*) FROM outbox").value(), 1);
}

TEST_F(OpenTest, DatabaseOfAnotherProgramIsRefused) {
  master_key_.reset();
  {
    auto database = raw();
    ASSERT_TRUE(database->execute("test", "CREATE TABLE recipes (name TEXT)"));
  }
  const auto opened = open();
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message(), HasSubstr("another program"));
  master_key_ = fakes::master_key();
  const auto sealed = open();
  ASSERT_FALSE(sealed);
  EXPECT_THAT(sealed.error().message(), HasSubstr("another program")) << "nor is it made ours by sealing";
  master_key_.reset();
  EXPECT_EQ(raw()->integer("SELECT count(*) FROM recipes").value(), 0);
}

TEST_F(OpenTest, MissingDirectoryIsAnError) {
  StoreOptions options;
  options.path = dir_.file("none/aisle.db");
  const auto opened = Store::open(options, loop_, loop_);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message(), HasSubstr("none/aisle.db"));
}

TEST_F(OpenTest, SecondOpenerIsRefusedWhileTheFirstLives) {
  must_open();
  StoreOptions options;
  options.path = path();
  options.master_key = master_key_;
  const auto second = Store::open(options, loop_, loop_);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message(), HasSubstr("locked"));
  EXPECT_TRUE(commit({make_event(1)}));
}

TEST_F(OpenTest, PreviousEpochAndIdsSurviveAcknowledgement) {
  must_open();
  ASSERT_TRUE(commit({make_event(1), make_event(2), make_event(3)}));
  must_open();
  ASSERT_TRUE(store_->loaded().previous_epoch);
  EXPECT_EQ(store_->loaded().previous_epoch->last_sequence, 3U);
  acknowledge(3);
  EXPECT_TRUE(store_->flush(seconds(1)));
  must_open();
  EXPECT_EQ(store_->loaded().previous_epoch->epoch, "e1");
  EXPECT_EQ(store_->loaded().previous_epoch->last_sequence, 3U);
  EXPECT_EQ(store_->loaded().outbox_rows, 0U);
  EXPECT_EQ(store_->loaded().outbox_last_id, 3);
  EXPECT_EQ(commit({make_event(1, false, "e2")})->first_id, 4);
  must_open();
  EXPECT_EQ(store_->loaded().previous_epoch->epoch, "e2");
  EXPECT_EQ(store_->loaded().previous_epoch->last_sequence, 1U);
}

TEST_F(OpenTest, OldEpochsAreForgotten) {
  must_open();
  for (int i = 0; i < 150; ++i) ASSERT_TRUE(commit({make_event(1, false, "epoch-" + std::to_string(i))}));
  store_.reset();
  EXPECT_EQ(raw()->integer("SELECT count(*) FROM epochs").value(), 100);
}

}  // namespace
}  // namespace aisle::store
