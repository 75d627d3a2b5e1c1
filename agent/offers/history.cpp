#include "agent/offers/history.hpp"

#include <algorithm>

namespace aisle::offers {

std::uint32_t Names::hold(std::string_view name) {
  auto it = numbers_.find(name);
  if (it == numbers_.end()) {
    std::uint32_t number = static_cast<std::uint32_t>(entries_.size());
    if (free_.empty()) {
      entries_.push_back({std::string(name), 0});
    } else {
      number = free_.back();
      free_.pop_back();
      entries_[number] = {std::string(name), 0};
    }
    it = numbers_.emplace(std::string(name), number).first;
  }
  ++entries_[it->second].holders;
  return it->second;
}

void Names::release(std::uint32_t number) {
  if (number == kNone) return;
  Entry& entry = entries_[number];
  if (--entry.holders > 0) return;
  numbers_.erase(entry.name);
  entry.name.clear();
  free_.push_back(number);
}

std::uint32_t Names::find(std::string_view name) const {
  const auto it = numbers_.find(name);
  return it == numbers_.end() ? kNone : it->second;
}

void History::record(const PastDecision& decision) {
  const std::uint32_t group = decision.group.empty() ? Names::kNone : groups_.hold(decision.group);
  customers_[decision.customer].push_back({offers_.hold(decision.offer), group, decision.at});
  oldest_ = std::min(oldest_, decision.at);
  ++size_;
}

void History::release(const Entry& entry) {
  offers_.release(entry.offer);
  groups_.release(entry.group);
  --size_;
}

void History::forget_customer(std::string_view customer) {
  const auto it = customers_.find(customer);
  if (it == customers_.end()) return;
  for (const Entry& entry : it->second) release(entry);
  customers_.erase(it);
}

void History::prune(UnixTime limit) {
  if (oldest_ > limit) return;
  oldest_ = UnixTime::max();
  for (auto it = customers_.begin(); it != customers_.end();) {
    auto& entries = it->second;
    std::erase_if(entries, [&](const Entry& entry) {
      if (entry.at <= limit) {
        release(entry);
        return true;
      }
      oldest_ = std::min(oldest_, entry.at);
      return false;
    });
    it = entries.empty() ? customers_.erase(it) : std::next(it);
  }
}

const std::vector<History::Entry>* History::of(std::string_view customer) const {
  const auto it = customers_.find(customer);
  return it == customers_.end() ? nullptr : &it->second;
}

}  // namespace aisle::offers
