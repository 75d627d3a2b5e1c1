// A store whose files are ciphertext.
#include "tests/fakes/card_image.hpp"
#include "tests/fakes/fault_vfs.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace aisle::store {
namespace {

namespace fs = std::filesystem;
using fakes::bytes_of_file, fakes::image_of, fakes::opened_image;
using testing::HasSubstr;

class SealedTest : public StoreTest {
 protected:
  void SetUp() override { master_key_ = fakes::master_key(); }

  // 300 events that say "needle", and a customer of that name.
  void fill() {
    std::vector<OutboxEvent> events;
    for (std::uint64_t i = 1; i <= 300; ++i) {
      events.push_back(make_event(i, true));
      events.back().payload = "needle" + std::string(200, 'x');
    }
    ASSERT_TRUE(commit(std::move(events)));
    Batch batch;
    batch.change.emplace();
    batch.change->dataset = Dataset::customers;
    batch.change->record_upserts = {{"c-needle", R"({"id":"c-needle"})"}};
    batch.visits = {{"c-needle", 10, 1}};
    ASSERT_TRUE(commit(std::move(batch)));
  }
  [[nodiscard]] bool on_disk(const std::string& needle) const {
    return image_of(fs::path(path()).parent_path()).find(needle) != std::string::npos;
  }
  // As a crash leaves it: the files while they are open.
  void crash() {
    for (const char* suffix : {"", "-wal"}) fs::copy_file(path() + suffix, path() + suffix + ".copy");
    store_.reset();
    for (const char* suffix : {"", "-wal"}) fs::rename(path() + suffix + ".copy", path() + suffix);
  }
  void flip(const std::string& file, std::streamoff at) const {
    std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
    stream.seekg(at);
    const int byte = stream.get();
    stream.seekp(at);
    stream.put(static_cast<char>(byte ^ 0x10));
  }
};

TEST_F(SealedTest, NothingShowsOnTheDisk) {
  must_open();
  fill();
  EXPECT_FALSE(on_disk("needle")) << "in the log";
  must_open();
  EXPECT_EQ(outbox().size(), 300U);
  EXPECT_EQ(outbox()[7].event.payload.substr(0, 6), "needle");
  store_.reset();
  EXPECT_FALSE(on_disk("needle")) << "in the database";
  EXPECT_TRUE(is_sealed(path()));
  EXPECT_NE(opened_image(path(), *master_key_).find("needle"), std::string::npos) << "with the key it does";
}

TEST_F(SealedTest, WithoutAKeyItShows) {
  master_key_.reset();
  must_open();
  fill();
  EXPECT_TRUE(on_disk("needle"));
  EXPECT_FALSE(is_sealed(path()));
}

TEST_F(SealedTest, TheLogIsRecoveredAfterACrash) {
  must_open();
  fill();
  crash();
  must_open();
  EXPECT_FALSE(store_->loaded().quarantined);
  EXPECT_EQ(store_->loaded().outbox_rows, 300U);
}

// As with a wrong checksum: what comes before it counts.
TEST_F(SealedTest, AnAlteredFrameEndsTheLog) {
  for (const bool sealed : {true, false}) {
    fs::remove(path());
    master_key_ = sealed ? std::optional(fakes::master_key()) : std::nullopt;
    must_open();
    ASSERT_TRUE(commit({make_event(1, true)}));
    const auto before = static_cast<std::streamoff>(fs::file_size(path() + "-wal"));
    ASSERT_TRUE(commit({make_event(2, true)}));
    crash();
    flip(path() + "-wal", before + 500);
    must_open();
    EXPECT_FALSE(store_->loaded().quarantined);
    EXPECT_EQ(store_->loaded().outbox_rows, 1U) << (sealed ? "sealed" : "plain");
    EXPECT_TRUE(store_->loaded().database_lost);
    store_.reset();
    fs::remove(path() + ".mark");
  }
}

TEST_F(SealedTest, AnAlteredPageIsCorruption) {
  must_open();
  fill();
  store_.reset();
  flip(path(), 3 * 4096 + 1000);
  must_open();
  ASSERT_TRUE(store_->loaded().quarantined);
  EXPECT_TRUE(commit({make_event(1, true, "fresh")}));
  EXPECT_TRUE(is_sealed(path()));
  EXPECT_FALSE(on_disk("needle")) << "what was set aside is sealed, too";
}

TEST_F(SealedTest, ExchangedPagesAreCorruption) {
  must_open();
  fill();
  store_.reset();
  std::string file = bytes_of_file(path());
  std::swap_ranges(file.begin() + 3 * 4096, file.begin() + 4 * 4096, file.begin() + 4 * 4096);
  std::ofstream(path(), std::ios::binary) << file;
  must_open();
  EXPECT_TRUE(store_->loaded().quarantined);
}

TEST_F(SealedTest, AnotherMasterKeyIsRefusedAndNothingIsTouched) {
  must_open();
  fill();
  crash();  // with a log
  const std::string before = image_of(fs::path(path()).parent_path());
  for (const auto& [key, says] : {std::pair(std::optional(fakes::master_key(8)), "another master key"),
                                  std::pair(std::optional<seal::MasterKey>(), "needs [privacy] master_key")}) {
    master_key_ = key;
    const auto opened = open();
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message(), HasSubstr(says));
    EXPECT_EQ(image_of(fs::path(path()).parent_path()), before);
  }
  master_key_ = fakes::master_key();
  must_open();
  EXPECT_EQ(store_->loaded().outbox_rows, 300U);
}

// A file layer that does not promise to leave what is beside a write alone: SQLite fills up sectors, and syncs in the
// middle of frames.
TEST_F(SealedTest, FramesMayComeInPieces) {
  const fakes::FaultVfs vfs("sealed-pieces");
  must_open(vfs.name());
  for (std::uint64_t i = 1; i <= 40; ++i) ASSERT_TRUE(commit({make_event(i, true)}));
  crash();
  must_open(vfs.name());
  EXPECT_EQ(store_->loaded().outbox_rows, 40U);
  store_.reset();
}

// More than the cache holds: pages go to the log, come back and are written there again before the commit.
TEST_F(SealedTest, ATransactionLargerThanTheCacheIsWhole) {
  must_open();
  for (int round = 0; round < 2; ++round) {
    Batch batch;
    batch.change.emplace();
    batch.change->dataset = Dataset::customers;
    batch.change->replace_all = true;
    for (int i = 0; i < 60'000; ++i) {
      const std::string id = fmt::format("c-{:06}", i * 7919 % 60'000);
      batch.change->record_upserts.push_back({id, "{\"id\":\"" + id + std::string(100, 'z')});
    }
    ASSERT_TRUE(commit(std::move(batch)));
  }
  crash();
  must_open();
  EXPECT_FALSE(store_->loaded().quarantined);
  EXPECT_EQ(store_->loaded().datasets.at(Dataset::customers).count, 60'000U);
  EXPECT_EQ(ask<std::vector<RecordRow>>([&](auto done) { store_->read_records(Dataset::customers, done); })->size(),
            60'000U);
}

}  // namespace
}  // namespace aisle::store
