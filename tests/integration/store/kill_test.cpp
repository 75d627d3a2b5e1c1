// A process that commits is killed at random moments: what it reported is there, whole and in order.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>

#include "agent/base/random.hpp"
#include "agent/store/sqlite.hpp"
#include "tests/fakes/sealed.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace aisle::store {
namespace {

constexpr int kRounds = 30;
constexpr std::uint64_t kMaxLines = 150;  // reports until the kill

class Writer {
 public:
  Writer(const std::string& database, const std::string& epoch) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
    pid_ = fork();
    if (pid_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      execl(AISLE_STORE_WRITER, AISLE_STORE_WRITER, database.c_str(), epoch.c_str(), nullptr);
      _exit(127);
    }
    close(ends[1]);
    fd_ = ends[0];
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { close(fd_); }

  // Kills it after `lines` reports; the last sequence reported before it died. The rest of the pipe counts too.
  std::uint64_t kill_after(std::uint64_t lines) {
    std::uint64_t last = 0;
    std::uint64_t seen = 0;
    std::uint64_t number = 0;
    std::array<char, 64> buffer{};
    for (ssize_t size = 0; (size = read(fd_, buffer.data(), buffer.size())) > 0;) {
      for (std::size_t i = 0; i < static_cast<std::size_t>(size); ++i) {
        const char c = buffer.at(i);
        if (c != '\n') {
          number = number * 10 + static_cast<std::uint64_t>(c - '0');
          continue;
        }
        last = std::exchange(number, 0);
        if (++seen == lines) kill(pid_, SIGKILL);
      }
    }
    waitpid(pid_, &status_, 0);
    return last;
  }
  [[nodiscard]] bool was_killed() const { return WIFSIGNALED(status_) && WTERMSIG(status_) == SIGKILL; }

 private:
  pid_t pid_ = -1;
  int fd_ = -1;
  int status_ = 0;
};

TEST(KillTest, ReportedEventsSurviveWithoutGaps) {
  const fakes::TempDir dir;
  const std::string path = dir.file("aisle.db");
  SeededRandom random(20260301);
  std::int64_t total = 0;
  for (int round = 1; round <= kRounds; ++round) {
    const std::string epoch = "epoch" + std::to_string(round);
    Writer writer(path, epoch);
    const std::uint64_t reported = writer.kill_after(1 + random.below(kMaxLines));
    ASSERT_TRUE(writer.was_killed()) << "round " << round;

    auto database = fakes::open_raw(path, fakes::key_of_this_run());
    ASSERT_TRUE(database);
    Connection* connection = &database->connection;
    ASSERT_EQ(connection->text("PRAGMA integrity_check").value(), "ok");
    const std::string where = " FROM outbox WHERE epoch = '" + epoch + "'";
    const auto rows = connection->integer("SELECT count(*)" + where).value();
    EXPECT_GE(rows, static_cast<std::int64_t>(reported)) << "round " << round;
    EXPECT_EQ(connection->integer("SELECT min(sequence)" + where).value(), 1);
    EXPECT_EQ(connection->integer("SELECT max(sequence)" + where).value(), rows);
    EXPECT_EQ(connection->integer("SELECT count(DISTINCT sequence)" + where).value(), rows);
    total += rows;
    EXPECT_EQ(connection->integer("SELECT count(*) FROM outbox").value(), total);
    EXPECT_EQ(connection->integer("SELECT max(id) FROM outbox").value(), total);
    // A batch is whole: its decision carries the sequence of its last event, which must be the newest one.
    const auto decided =
        connection->integer("SELECT max(at_us) FROM decisions WHERE decision_id LIKE '" + epoch + "-%'").value();
    EXPECT_EQ(decided, rows);
  }
  EXPECT_FALSE(std::filesystem::exists(path + ".corrupt-1"));
}

}  // namespace
}  // namespace aisle::store
