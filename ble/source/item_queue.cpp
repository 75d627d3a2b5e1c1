#include "ble/source/item_queue.hpp"

#include <algorithm>

namespace aisle {

void ItemQueue::push_locked(SourceItem&& item) {
  if (ring_.size() < capacity_ && size_ == ring_.size()) {
    // Grows to its bound as it is needed; rotated so that the ring stays contiguous in time.
    std::rotate(ring_.begin(), ring_.begin() + static_cast<std::ptrdiff_t>(head_), ring_.end());
    head_ = 0;
    ring_.resize(std::min(capacity_, std::max<std::size_t>(64, ring_.size() * 2)));
  }
  ring_[(head_ + size_) % ring_.size()] = std::move(item);
  ++size_;
}

bool ItemQueue::offer(SourceItem item) {
  bool was_empty = false;
  {
    const std::scoped_lock lock(mutex_);
    if (closed_) return false;
    // What is not an advert is rare and must not be lost: it may exceed the bound by pushing the oldest advert out.
    if (size_ == capacity_) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      if (std::holds_alternative<Advert>(item)) return false;
      head_ = (head_ + 1) % ring_.size();
      --size_;
    }
    was_empty = size_ == 0;
    push_locked(std::move(item));
  }
  if (was_empty) wake_();
  return true;
}

bool ItemQueue::wait_and_put(SourceItem item) {
  bool was_empty = false;
  {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return closed_ || size_ < capacity_; });
    if (closed_) return false;
    was_empty = size_ == 0;
    push_locked(std::move(item));
  }
  if (was_empty) wake_();
  return true;
}

bool ItemQueue::take(std::vector<SourceItem>& out, std::size_t limit) {
  out.clear();
  bool more = false;
  {
    const std::scoped_lock lock(mutex_);
    const std::size_t count = std::min(limit, size_);
    for (std::size_t i = 0; i < count; ++i) {
      out.push_back(std::move(ring_[head_]));
      head_ = (head_ + 1) % ring_.size();
    }
    size_ -= count;
    more = size_ > 0;
  }
  room_.notify_all();
  return more;
}

void ItemQueue::close() {
  {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
  }
  room_.notify_all();
}

std::size_t ItemQueue::size() const {
  const std::scoped_lock lock(mutex_);
  return size_;
}

}  // namespace aisle
