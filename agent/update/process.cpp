#include "agent/update/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "agent/update/folder.hpp"

namespace aisle::update {
namespace {

constexpr std::size_t kMaxOutput = 256U << 10U;
constexpr std::size_t kLastWords = 600;
constexpr int kSignal = 128;

// posix_spawn takes them as not constant, and changes nothing.
std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

Result<pid_t> spawn(std::vector<std::string> command, int output, bool errors_too) {
  std::vector<std::string> environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C",
                                          "DEBIAN_FRONTEND=noninteractive"};
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  if (errors_too) posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  pid_t child = 0;
  const auto arguments = pointers(command), variables = pointers(environment);
  const int failed = posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), variables.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return fail("{}: {}", command[0], std::strerror(failed));
  return child;
}

// Until the other end is closed. False: the time is up.
bool collect(int from, std::string& out, std::chrono::steady_clock::time_point ends) {
  std::array<char, 4096> block{};
  for (;;) {
    const auto left = std::chrono::duration_cast<milliseconds>(ends - std::chrono::steady_clock::now()).count();
    if (left <= 0) return false;
    pollfd waits{from, POLLIN, 0};
    if (::poll(&waits, 1, static_cast<int>(left)) <= 0) continue;
    const auto got = ::read(from, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return true;
    if (out.size() < kMaxOutput) out.append(block.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

Result<Ended> run_program(const std::vector<std::string>& command, seconds limit, bool errors_too) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return fail("{}: {}", command[0], std::strerror(errno));
  const Fd reads(pipe[0]);
  Result<pid_t> child = 0;
  {
    const Fd writes(pipe[1]);
    child = spawn(command, writes.get(), errors_too);
  }
  if (!child) return tl::unexpected(child.error());
  Ended out;
  const bool in_time = collect(reads.get(), out.output, std::chrono::steady_clock::now() + limit);
  if (!in_time) ::kill(*child, SIGKILL);
  int status = 0;
  while (::waitpid(*child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!in_time) return fail("{}: not done within {} s", command[0], limit.count());
  out.code = WIFEXITED(status) ? WEXITSTATUS(status) : kSignal + WTERMSIG(status);
  return out;
}

Result<std::string> output_of(const std::vector<std::string>& command, seconds limit) {
  auto ended = run_program(command, limit, true);
  if (!ended) return tl::unexpected(ended.error());
  auto& [code, output] = *ended;
  while (output.ends_with('\n')) output.pop_back();
  if (code == 0) return std::move(output);
  const auto from = output.size() > kLastWords ? output.size() - kLastWords : 0;
  return fail("{} ended with {}: {}", command[0], code, output.substr(from));
}

}  // namespace aisle::update
