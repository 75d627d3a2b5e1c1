// A call with a time limit, for what the system may never answer: a name, a disk that hangs, a service that is stopped.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "agent/base/time.hpp"

namespace aisle::doctor {

// The answer of `ask`, or nothing when it took longer: then its thread is left behind, and whatever `ask` holds must be
// its own. Whoever leaves threads behind ends by _exit.
template <class T>
std::optional<T> within(milliseconds limit, std::function<T()> ask) {
  struct Shared {
    std::mutex mutex;
    std::condition_variable answered;
    std::optional<T> answer;
  };
  const auto shared = std::make_shared<Shared>();
  std::thread([shared, ask = std::move(ask)] {
    T answer = ask();
    const std::scoped_lock lock(shared->mutex);
    shared->answer = std::move(answer);
    shared->answered.notify_all();
  }).detach();
  std::unique_lock lock(shared->mutex);
  shared->answered.wait_for(lock, limit, [&] { return shared->answer.has_value(); });
  return std::move(shared->answer);
}

}  // namespace aisle::doctor
