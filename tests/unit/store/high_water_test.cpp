// Damage that SQLite passes over in silence: its log ends at the first bad frame, and an empty file is a new database.
// The mark beside it tells.
#include <filesystem>
#include <fstream>

#include "tests/fakes/fault_vfs.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace aisle::store {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::Pair;

class HighWaterTest : public StoreTest {
 protected:
  void TearDown() override { store_.reset(); }

  [[nodiscard]] std::string wal() const { return path() + "-wal"; }
  [[nodiscard]] std::string mark() const { return path() + ".mark"; }
  // Events one commit each; those of e1 rest in the database, those of e2 in its log alone.
  void make_two_epochs() {
    must_open();
    for (std::uint64_t i = 1; i <= 5; ++i) ASSERT_TRUE(commit({make_event(i, true, "e1")}));
    Batch leases;
    leases.change.emplace();
    leases.change->dataset = Dataset::leases;
    leases.change->record_upserts = {{"l", "{}"}};
    leases.change->epoch = "c";
    leases.change->cursor = 7;
    ASSERT_TRUE(commit(std::move(leases)));
    must_open();
    for (std::uint64_t i = 1; i <= 9; ++i) {
      ASSERT_TRUE(commit({make_event(i, true, "e2")}));
      if (i == 4) four_ = fs::file_size(wal());
    }
  }
  // As kill -9 leaves it: what closing would do to the log is undone.
  void crash() {
    copy(path(), kept_.file("kept"));
    store_.reset();
    copy(kept_.file("kept"), path());
  }
  static void copy(const std::string& from, const std::string& to) {
    for (const char* suffix : {"", "-wal", ".mark"})
      fs::copy_file(from + suffix, to + suffix, fs::copy_options::overwrite_existing);
  }
  static std::string content_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  static void flip(const std::string& file, std::uintmax_t at) {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(static_cast<std::streamoff>(at));
    const int byte = bytes.get() ^ 1;
    bytes.seekp(static_cast<std::streamoff>(at));
    bytes.put(static_cast<char>(byte));
  }
  // Nothing is missing, and nobody says so.
  void expect_calm() {
    must_open();
    EXPECT_FALSE(store_->loaded().database_lost);
    EXPECT_FALSE(store_->loaded().leases_lost);
    EXPECT_TRUE(store_->loaded().unreported_drops.empty());
  }
  // What is missing of `epoch` is listed, its end is known, and leases are as after a database that was lost.
  void expect_lost(const std::string& epoch, std::uint64_t first, std::uint64_t last) {
    for (const char* again : {"at once", "until an epoch says so"}) {
      must_open();
      const Loaded& loaded = store_->loaded();
      EXPECT_TRUE(loaded.database_lost) << again;
      EXPECT_TRUE(loaded.leases_lost);
      EXPECT_FALSE(loaded.datasets.contains(Dataset::leases)) << "the cloud has to send them";
      ASSERT_TRUE(loaded.previous_epoch) << again;
      EXPECT_EQ(loaded.previous_epoch->epoch, epoch);
      EXPECT_EQ(loaded.previous_epoch->last_sequence, last);
      ASSERT_EQ(loaded.unreported_drops.size(), 1U) << again;
      const Dropped& lost = loaded.unreported_drops[0];
      EXPECT_EQ(lost.epoch, epoch);
      EXPECT_EQ(lost.reason, "lost");
      EXPECT_THAT(lost.ranges, ElementsAre(Pair(first, last)));
      EXPECT_THAT(lost.by_type, ElementsAre(Pair("event.unknown", last + 1 - first)));
    }
    Batch begins = batch_of({make_event(1, true, "e3")});
    begins.drops_reported = store_->loaded().unreported_drops[0].id;
    ASSERT_TRUE(commit(std::move(begins)));
    must_open();
    EXPECT_FALSE(store_->loaded().database_lost);
    EXPECT_TRUE(store_->loaded().leases_lost) << "until leases come";
    EXPECT_TRUE(store_->loaded().unreported_drops.empty());
    EXPECT_EQ(store_->loaded().previous_epoch->epoch, "e3");
  }

  fakes::TempDir kept_;
  std::uintmax_t four_ = 0;  // where e2-4 ends in the log
};

TEST_F(HighWaterTest, AFlippedBitInTheLog) {
  make_two_epochs();
  crash();
  flip(wal(), four_ + 600);
  expect_lost("e2", 5, 9);
}

TEST_F(HighWaterTest, ALogThatWasCutOff) {
  make_two_epochs();
  crash();
  fs::resize_file(wal(), fs::file_size(wal()) - 1000);
  expect_lost("e2", 9, 9);
}

TEST_F(HighWaterTest, ALogThatIsGone) {
  make_two_epochs();
  crash();
  fs::remove(wal());
  expect_lost("e2", 1, 9);
}

TEST_F(HighWaterTest, AnEmptiedDatabaseIsSetAsideWithItsLog) {
  make_two_epochs();
  crash();
  fs::resize_file(path(), 0);
  expect_lost("e2", 1, 9);
  EXPECT_TRUE(fs::exists(path() + ".corrupt-1"));
  EXPECT_GT(fs::file_size(path() + ".corrupt-1-wal"), 0U);
  EXPECT_EQ(outbox().size(), 1U) << "it is a new one";
}

TEST_F(HighWaterTest, AnEmptiedDatabaseWithoutALog) {
  make_two_epochs();
  store_.reset();
  fs::resize_file(path(), 0);
  expect_lost("e2", 1, 9);
}

TEST_F(HighWaterTest, ADatabaseThatIsGone) {
  make_two_epochs();
  crash();
  fs::remove(path());
  expect_lost("e2", 1, 9);
  EXPECT_TRUE(fs::exists(path() + ".corrupt-1-wal")) << "what it holds is not thrown away";
}

TEST_F(HighWaterTest, AnOlderCopyOfTheDatabase) {
  must_open();
  ASSERT_TRUE(commit({make_event(1, true, "e0")}));
  store_.reset();
  fs::copy_file(path(), kept_.file("old"));
  make_two_epochs();
  store_.reset();
  fs::copy_file(kept_.file("old"), path(), fs::copy_options::overwrite_existing);
  expect_lost("e2", 1, 9);
}

TEST_F(HighWaterTest, AcknowledgedEventsAreNotMissed) {
  make_two_epochs();
  acknowledge(14);
  store_->flush(seconds(1));
  EXPECT_TRUE(outbox().empty());
  crash();
  expect_calm();
  EXPECT_EQ(store_->loaded().previous_epoch->last_sequence, 9U);
}

TEST_F(HighWaterTest, DraftsCount) {
  must_open();
  ASSERT_TRUE(commit({make_event(1, true, "e1")}));
  Batch batch;
  batch.drafts = {Draft{"e1", 2, "zone.entered", true, "boot", 0, "{}"}};
  ASSERT_TRUE(commit(std::move(batch)));
  crash();
  expect_calm();
  store_.reset();
  copy(kept_.file("kept"), path());
  fs::resize_file(wal(), fs::file_size(wal()) - 1000);
  expect_lost("e1", 2, 2);
}

TEST_F(HighWaterTest, RestartsAndCrashesRaiseNoAlarm) {
  make_two_epochs();
  for (const char* epoch : {"e3", "e4", "e5"}) {
    crash();
    expect_calm();
    ASSERT_TRUE(commit({make_event(1, true, epoch)}));
    must_open();
    expect_calm();
  }
}

TEST_F(HighWaterTest, AMarkThatIsOlderThanTheDatabaseRaisesNoAlarm) {
  must_open();
  ASSERT_TRUE(commit({make_event(1, true, "e0")}));
  store_.reset();
  fs::copy_file(mark(), kept_.file("mark"));
  for (int i = 1; i <= 120; ++i) {  // more than the database remembers
    must_open();
    ASSERT_TRUE(commit({make_event(1, true, "n" + std::to_string(i))}));
    if (i != 1 && i != 120) continue;
    store_.reset();
    fs::copy_file(kept_.file("mark"), mark(), fs::copy_options::overwrite_existing);
    expect_calm();
    EXPECT_EQ(store_->loaded().previous_epoch->epoch, "n" + std::to_string(i));
  }
}

TEST_F(HighWaterTest, AMarkThatIsTornOrAbsentMeansNothing) {
  make_two_epochs();
  crash();
  fs::remove(wal());
  for (const std::uintmax_t at : {0U, 10U, 20U, 24U, 26U, 61U}) {
    flip(mark(), at);
    store_.reset();
    const std::string mark_then = content_of(mark());
    expect_calm();
    store_.reset();
    std::ofstream(mark(), std::ios::binary) << mark_then;
    flip(mark(), at);
  }
  fs::resize_file(mark(), 40);
  expect_calm();
  store_.reset();
  fs::remove(mark());
  expect_calm();
  store_.reset();
  EXPECT_EQ(fs::file_size(mark()), 64U);
}

TEST_F(HighWaterTest, AFailedCommitIsNotMarked) {
  fakes::FaultVfs vfs("fault-mark");
  must_open(vfs.name());
  ASSERT_TRUE(commit({make_event(1, true, "e1")}));
  const std::string before = content_of(mark());
  vfs.fail_syncs(10, 0);  // SQLITE_IOERR
  EXPECT_FALSE(commit({make_event(2, true, "e1")}));
  EXPECT_EQ(content_of(mark()), before);
  vfs.heal();
  loop_.run_for(seconds(2));
  EXPECT_NE(content_of(mark()), before);
  store_.reset();
}

}  // namespace
}  // namespace aisle::store
