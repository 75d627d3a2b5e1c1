#include "agent/app/examiner.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "agent/records/records.hpp"

namespace aisle::app {
namespace {

constexpr std::size_t kMaxOutput = std::size_t{1} << 20U;
constexpr milliseconds kReapPause{200};
constexpr int kLastLooks = 50, kLastPauseMs = 2;  // 100 ms in all
constexpr int kFirstOther = STDERR_FILENO + 1;

// The child has its standard streams and nothing else of ours, and takes signals.
class SpawnTerms {
 public:
  explicit SpawnTerms(int output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions_, kFirstOther);
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnTerms() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnTerms(const SpawnTerms&) = delete;
  SpawnTerms& operator=(const SpawnTerms&) = delete;
  [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }
  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

Examiner::Examiner(EpollLoop& core, std::vector<std::string> command, milliseconds limit)
    : core_(core), command_(std::move(command)), limit_(limit) {}

Examiner::~Examiner() {
  waiting_.clear();
  if (pipe_ >= 0) finish(fail("the daemon ends"));
  if (reap_timer_ != 0) core_.cancel(reap_timer_);
  wait_for_ended();
}

void Examiner::ask(Done done) {
  waiting_.push_back(std::move(done));
  if (pipe_ >= 0) return;
  if (auto begun = begin(); !begun) finish(tl::unexpected(begun.error()));
}

Status Examiner::begin() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return fail("no pipe: {}", std::strerror(errno));
  const auto child = spawn(ends[1]);
  close(ends[1]);
  if (!child) {
    close(ends[0]);
    return tl::unexpected(child.error());
  }
  child_ = *child;
  pipe_ = ends[0];
  fcntl(pipe_, F_SETFL, O_NONBLOCK);
  output_.clear();
  core_.watch(pipe_, EPOLLIN, [this](std::uint32_t) { on_output(); });
  limit_timer_ = core_.after(limit_, [this] {
    limit_timer_ = 0;
    finish(fail("the examination did not end within {} ms", limit_.count()));
  });
  return {};
}

Result<pid_t> Examiner::spawn(int output) const {
  std::vector<std::string> words = command_;
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const SpawnTerms terms(output);
  pid_t child = 0;
  const int error = posix_spawn(&child, arguments[0], terms.actions(), terms.attributes(), arguments.data(), environ);
  if (error != 0) return fail("{} cannot be run: {}", command_.front(), std::strerror(error));
  return child;
}

void Examiner::on_output() {
  std::array<char, 16384> part{};
  for (;;) {
    const ssize_t count = read(pipe_, part.data(), part.size());
    if (count < 0) {
      if (errno == EAGAIN || errno == EINTR) return;
      return finish(fail("the examination's output: {}", std::strerror(errno)));
    }
    if (count == 0) break;
    output_.append(part.data(), static_cast<std::size_t>(count));
    if (output_.size() > kMaxOutput) return finish(fail("the examination says too much"));
  }
  auto report = records::parse_json(output_);
  if (report && !report->is_object()) report = fail("the examination gave no report");
  finish(report);
}

// Whoever asks again while being told gets a new examination.
void Examiner::finish(const Result<nlohmann::json>& report) {
  if (limit_timer_ != 0) core_.cancel(std::exchange(limit_timer_, 0));
  if (pipe_ >= 0) {
    core_.unwatch(pipe_);
    close(std::exchange(pipe_, -1));
    kill(child_, SIGKILL);  // else a thread that hangs may keep it
    ended_.push_back(child_);
    reap();
  }
  for (const auto& done : std::exchange(waiting_, {})) done(report);
}

// What was killed ends within milliseconds, but for a read of a disk that hangs: init takes that one over.
void Examiner::wait_for_ended() {
  for (int i = 0; i < kLastLooks; ++i) {
    collect();
    if (ended_.empty()) return;
    poll(nullptr, 0, kLastPauseMs);
  }
}

void Examiner::collect() {
  std::erase_if(ended_, [](pid_t child) { return waitpid(child, nullptr, WNOHANG) != 0; });
}

void Examiner::reap() {
  if (reap_timer_ != 0) core_.cancel(std::exchange(reap_timer_, 0));
  collect();
  if (ended_.empty()) return;
  reap_timer_ = core_.after(kReapPause, [this] {
    reap_timer_ = 0;
    reap();
  });
}

}  // namespace aisle::app
