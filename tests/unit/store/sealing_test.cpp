// A plain database becomes a sealed one, whatever happens on the way.
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>

#include "tests/fakes/card_image.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace aisle::store {
namespace {

namespace fs = std::filesystem;
using fakes::image_of, fakes::opened_image;
using testing::HasSubstr;

class SealingTest : public StoreTest {
 protected:
  void SetUp() override { make_plain(); }

  void make_plain() {
    master_key_.reset();
    must_open();
    std::vector<OutboxEvent> events;
    for (std::uint64_t i = 1; i <= 20; ++i) events.push_back(make_event(i, true));
    events[0].payload = "needle";
    ASSERT_TRUE(commit(std::move(events)));
    Batch batch;
    batch.change.emplace();
    batch.change->dataset = Dataset::keys;
    batch.change->epoch = "cloud";
    batch.change->cursor = 3;
    batch.change->key_upserts = {{7, 20, key_}, {7, 21, key_}};
    keys_digest_ = commit(std::move(batch))->dataset->digest;
    // As a crash leaves it: with a log.
    for (const char* suffix : {"", "-wal"}) fs::copy_file(path() + suffix, path() + suffix + ".copy");
    store_.reset();
    for (const char* suffix : {"", "-wal"}) fs::rename(path() + suffix + ".copy", path() + suffix);
    ASSERT_NE(image().find("needle"), std::string::npos);
    ASSERT_NE(image().find(key_text()), std::string::npos);
  }
  [[nodiscard]] std::string image() const { return image_of(fs::path(path()).parent_path()); }
  [[nodiscard]] std::string key_text() const {
    return {static_cast<const char*>(static_cast<const void*>(key_.data())), key_.size()};
  }
  // All is there, and nothing of it shows.
  void expect_sealed_and_whole() {
    master_key_ = fakes::master_key();
    must_open();
    ASSERT_FALSE(store_->loaded().quarantined);
    EXPECT_EQ(outbox().size(), 20U);
    EXPECT_EQ(store_->loaded().datasets.at(Dataset::keys).digest, keys_digest_);
    const auto keys = ask<std::vector<KeyRow>>([&](auto done) { store_->read_keys(done); });
    ASSERT_EQ(keys->size(), 2U);
    EXPECT_EQ((*keys)[1].key, key_);
    store_.reset();
    EXPECT_TRUE(is_sealed(path()));
    EXPECT_EQ(image().find("needle"), std::string::npos);
    EXPECT_EQ(image().find(key_text()), std::string::npos);
    EXPECT_EQ(opened_image(path(), fakes::master_key()).find(key_text()), std::string::npos) << "keys rest wrapped";
    std::set<std::string> files;
    for (const auto& entry : fs::directory_iterator(fs::path(path()).parent_path()))
      files.insert(entry.path().string());
    EXPECT_EQ(files, (std::set<std::string>{path(), path() + ".mark"})) << "nothing is left of the way";
  }

  // Opens the store with the key in a process that is killed when it enters its `calls`-th system call, of those that
  // may change something; true: it ended before that.
  bool seal_and_die(int calls) {
    const pid_t child = fork();
    if (child == 0) {
      ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
      raise(SIGSTOP);
      master_key_ = fakes::master_key();
      _exit(open() ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFSTOPPED(status)) {
      ADD_FAILURE() << "no ptrace here";
      return true;
    }
    ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD);
    while (calls > 0) {
      ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
      waitpid(child, &status, 0);
      if (WIFEXITED(status)) {
        EXPECT_EQ(WEXITSTATUS(status), 0);
        return true;
      }
      if (enters_a_changing_call(child)) --calls;
    }
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return false;
  }
  static bool enters_a_changing_call(pid_t child) {
    static const std::set<unsigned long> kHarmless{SYS_read,     SYS_pread64,   SYS_fstat,  SYS_newfstatat, SYS_fcntl,
                                                   SYS_lseek,    SYS_close,     SYS_brk,    SYS_mmap,       SYS_munmap,
                                                   SYS_mprotect, SYS_getrandom, SYS_futex,  SYS_faccessat,  SYS_statx,
                                                   SYS_geteuid,  SYS_getpid,    SYS_madvise};
    __ptrace_syscall_info info{};
    if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info) <= 0) return false;
    return info.op == PTRACE_SYSCALL_INFO_ENTRY && !kHarmless.contains(info.entry.nr);
  }

  Key128 key_ = from_hex_fixed<16>("00112233445566778899aabbccddeeff").value();
  std::string keys_digest_;
};

TEST_F(SealingTest, APlainDatabaseIsSealedWhenItIsOpenedWithAKey) {
  master_key_ = fakes::master_key();
  must_open();
  EXPECT_TRUE(store_->loaded().sealed_now);
  EXPECT_EQ(store_->loaded().outbox_last_id, 20);
  expect_sealed_and_whole();
  must_open();
  EXPECT_FALSE(store_->loaded().sealed_now);
}

TEST_F(SealingTest, ThereIsNoWayBack) {
  expect_sealed_and_whole();
  master_key_.reset();
  const auto opened = open();
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message(), HasSubstr("is sealed and needs [privacy] master_key"));
  EXPECT_THAT(opened.error().message(), HasSubstr("not turned off"));
}

TEST_F(SealingTest, ACorruptPlainOneIsSetAside) {
  fs::remove(path() + "-wal");
  std::ofstream(path(), std::ios::binary) << "SQLite format 3" << std::string(9000, '\0');
  master_key_ = fakes::master_key();
  must_open();
  EXPECT_TRUE(store_->loaded().quarantined);
  EXPECT_EQ(store_->loaded().previous_epoch->last_sequence, 20U) << "as the mark says";
  EXPECT_TRUE(commit({make_event(1, true, "fresh")}));
  EXPECT_TRUE(is_sealed(path()));
}

// Killed at every system call of the way that may change something, one after another.
TEST_F(SealingTest, ACrashOnTheWayLosesNothing) {
  const fakes::TempDir kept;
  for (const char* suffix : {"", "-wal"}) fs::copy_file(path() + suffix, kept.file("db") + suffix);
  int calls = 1;
  for (bool done = false; !done && !HasFailure(); ++calls) {
    for (const char* suffix : {"", "-wal"}) fs::remove(path() + suffix);
    for (const char* suffix : {"", "-wal"}) fs::copy_file(kept.file("db") + suffix, path() + suffix);
    done = seal_and_die(calls);
    expect_sealed_and_whole();
    ASSERT_FALSE(HasFailure()) << "killed at system call " << calls;
  }
  EXPECT_GT(calls, 50);
}

}  // namespace
}  // namespace aisle::store
