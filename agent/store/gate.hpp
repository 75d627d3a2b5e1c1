// Lets one thread at a time at the database: the worker, or the core while it flushes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace aisle::store {

// Thread-safe. Not reentrant.
class Gate {
 public:
  // Held while it exists and `held()`.
  class Pass {
   public:
    explicit Pass(Gate* gate) : gate_(gate) {}
    Pass(Pass&& other) noexcept;
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    Pass& operator=(Pass&&) = delete;
    ~Pass();
    [[nodiscard]] bool held() const { return gate_ != nullptr; }

   private:
    Gate* gate_;
  };

  // Not held when `deadline` passes first.
  [[nodiscard]] Pass enter(std::chrono::steady_clock::time_point deadline);

 private:
  void leave();

  std::mutex mutex_;
  std::condition_variable free_;
  bool taken_ = false;
};

}  // namespace aisle::store
