#include "agent/doctor/runner.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace aisle::doctor {
namespace {

// What the threads tell; it lives as long as the last of them.
struct Board {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, Finding> found;
  std::vector<bool> finished;
};

// A broken TLS connection must be an error, not the end of the process.
void block_broken_pipe() {
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
}

void start(const std::shared_ptr<Board>& board, std::size_t number, const Group& group) {
  std::thread([board, number, work = group.run] {
    block_broken_pipe();
    work([&board](Finding finding) {
      const std::scoped_lock lock(board->mutex);
      std::string id = finding.id;
      board->found.insert_or_assign(std::move(id), std::move(finding));
    });
    const std::scoped_lock lock(board->mutex);
    board->finished[number] = true;
    board->changed.notify_all();
  }).detach();
}

Finding missing(const std::string& id, const Group& group, bool finished) {
  if (finished) return not_applicable(id, "not looked at", "nothing that it needs is there");
  return failure(id, fmt::format("not known: no answer within {} s", group.limit.count() / 1000),
                 "what this check asks does not answer", group.hangs);
}

}  // namespace

Findings run(const std::vector<Group>& groups) {
  const auto board = std::make_shared<Board>();
  board->finished.assign(groups.size(), false);
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < groups.size(); ++i) start(board, i, groups[i]);
  Findings out;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    std::unique_lock lock(board->mutex);
    const bool finished = board->changed.wait_until(lock, begin + groups[i].limit, [&] { return board->finished[i]; });
    if (!finished) out.left_behind = true;
    for (const auto& id : groups[i].ids) {
      const auto found = board->found.find(id);
      out.list.push_back(found != board->found.end() ? found->second : missing(id, groups[i], finished));
    }
  }
  return out;
}

}  // namespace aisle::doctor
