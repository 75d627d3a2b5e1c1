#include "ble/identity/consent_queue.hpp"

#include <algorithm>

namespace aisle::identity {

void ConsentQueue::schedule(const std::optional<Consent>& consent, std::uint32_t slot, UnixTime now) {
  remove(slot);
  if (!consent) return;
  std::optional<UnixTime> next;
  const auto note = [&](UnixTime at) {
    if (at <= now) {
      latest_past_ = std::max(latest_past_, at);
    } else if (!next || at < *next) {
      next = at;
    }
  };
  note(consent->granted_at);
  if (consent->expires_at) note(*consent->expires_at);
  if (!next) return;
  while (places_.size() <= slot) places_.push_back({});
  heap_.push_back({});
  settle(heap_.size() - 1, {*next, slot});
}

void ConsentQueue::remove(std::uint32_t slot) {
  if (slot >= places_.size() || places_[slot].index == kNone) return;
  const std::size_t hole = places_[slot].index;
  places_[slot].index = kNone;
  const Change last = heap_.take_back();
  if (hole < heap_.size()) settle(hole, last);
}

std::optional<std::uint32_t> ConsentQueue::take_due(UnixTime now) {
  if (!due(now)) return std::nullopt;
  const std::uint32_t slot = heap_[0].slot;
  remove(slot);
  return slot;
}

void ConsentQueue::clear() {
  *this = ConsentQueue();
}

void ConsentQueue::put(std::size_t index, const Change& change) {
  heap_[index] = change;
  places_[change.slot].index = static_cast<std::uint32_t>(index);
}

void ConsentQueue::settle(std::size_t index, const Change& change) {
  while (index > 0 && change.at < heap_[(index - 1) / 2].at) {
    put(index, heap_[(index - 1) / 2]);
    index = (index - 1) / 2;
  }
  for (;;) {
    std::size_t child = 2 * index + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1].at < heap_[child].at) ++child;
    if (change.at <= heap_[child].at) break;
    put(index, heap_[child]);
    index = child;
  }
  put(index, change);
}

}  // namespace aisle::identity
