// The one bounded queue between a source's thread and the core loop.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "ble/source/source.hpp"

namespace aisle {

class ItemQueue final : public SourceSink {
 public:
  // `wake` is called from the source's thread when the queue was empty and is not any more.
  ItemQueue(std::size_t capacity, std::function<void()> wake) : capacity_(capacity), wake_(std::move(wake)) {}

  bool offer(SourceItem item) override;
  bool wait_and_put(SourceItem item) override;

  // Moves at most `limit` items to `out`, oldest first (`out` is cleared). Called by the core loop only.
  // Returns whether more are waiting.
  bool take(std::vector<SourceItem>& out, std::size_t limit);
  // Wakes a waiting source and refuses everything from now on.
  void close();

  [[nodiscard]] std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] std::size_t size() const;

 private:
  void push_locked(SourceItem&& item);

  const std::size_t capacity_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::condition_variable room_;
  std::vector<SourceItem> ring_;
  std::size_t head_ = 0;
  std::size_t size_ = 0;
  bool closed_ = false;
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace aisle
