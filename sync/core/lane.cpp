#include "sync/core/lane.hpp"

namespace aisle::sync {

void Lane::hold(std::int64_t id, store::OutboxEvent event) {
  bytes_ += event.payload.size();
  Item item;
  item.event = std::move(event);
  held_.emplace_hint(held_.end(), id, std::move(item));
  unsent_.insert(unsent_.end(), id);
}

void Lane::release(std::int64_t id) {
  const auto found = held_.find(id);
  if (found == held_.end()) return;
  bytes_ -= found->second.event.payload.size();
  held_.erase(found);
  unsent_.erase(id);
}

std::int64_t Lane::take() {
  const std::int64_t id = *unsent_.begin();
  unsent_.erase(unsent_.begin());
  return id;
}

void Lane::add_ids(IdRanges& to) const {
  for (const auto& entry : held_) to.add(entry.first);
}

}  // namespace aisle::sync
