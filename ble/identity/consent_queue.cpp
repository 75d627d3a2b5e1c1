#include "ble/identity/consent_queue.hpp"

#include <algorithm>

namespace aisle::identity {

void ConsentQueue::schedule(const std::optional<Consent>& consent, std::uint32_t slot, UnixTime now) {
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
  heap_.push_back({*next, slot});
  std::ranges::push_heap(heap_, later);
}

std::optional<std::uint32_t> ConsentQueue::take_due(UnixTime now) {
  if (heap_.empty() || heap_.front().at > now) return std::nullopt;
  std::ranges::pop_heap(heap_, later);
  const std::uint32_t slot = heap_.back().slot;
  heap_.pop_back();
  return slot;
}

void ConsentQueue::clear() {
  std::vector<Change>().swap(heap_);
  latest_past_ = UnixTime::min();
}

}  // namespace aisle::identity
