#include "agent/base/id_ranges.hpp"

#include <algorithm>
#include <iterator>

namespace aisle {
namespace {

std::uint64_t length(std::int64_t first, std::int64_t last) {
  return static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first) + 1;
}

}  // namespace

IdRanges::Iterator IdRanges::erase(Iterator range) {
  count_ -= length(range->first, range->second);
  return ranges_.erase(range);
}

void IdRanges::add(IdRange range) {
  if (range.last < range.first) return;
  auto next = ranges_.upper_bound(range.first);
  if (next != ranges_.begin()) {
    const auto before = std::prev(next);
    if (before->second >= range.last) return;
    if (before->second >= range.first - 1) {
      range.first = before->first;
      next = erase(before);
    }
  }
  while (next != ranges_.end() && next->first - 1 <= range.last) {
    range.last = std::max(range.last, next->second);
    next = erase(next);
  }
  ranges_.emplace_hint(next, range.first, range.last);
  count_ += length(range.first, range.last);
}

void IdRanges::add(const IdRanges& other) {
  for (const auto& [first, last] : other.ranges_) add(IdRange{first, last});
}

void IdRanges::remove_through(std::int64_t id) {
  while (!ranges_.empty() && ranges_.begin()->first <= id) {
    const std::int64_t last = ranges_.begin()->second;
    erase(ranges_.begin());
    if (last > id) return add(IdRange{id + 1, last});
  }
}

IdRanges IdRanges::take(std::uint64_t count) {
  IdRanges taken;
  while (taken.count_ < count && !ranges_.empty()) {
    const auto [first, last] = *ranges_.begin();
    const std::uint64_t left = count - taken.count_;
    taken.add(IdRange{first, length(first, last) <= left ? last : first + static_cast<std::int64_t>(left) - 1});
    remove_through(taken.ranges_.rbegin()->second);
  }
  return taken;
}

bool IdRanges::contains(std::int64_t id) const {
  const auto next = ranges_.upper_bound(id);
  return next != ranges_.begin() && std::prev(next)->second >= id;
}

IdRange IdRanges::beginning_at(std::int64_t first) const {
  const auto found = ranges_.find(first);
  return found == ranges_.end() ? IdRange{first, first - 1} : IdRange{found->first, found->second};
}

std::int64_t IdRanges::through(std::int64_t id) const {
  const auto next = ranges_.upper_bound(id);
  if (next == ranges_.begin() || std::prev(next)->second < id) return id - 1;
  return std::prev(next)->second;
}

IdRanges IdRanges::gaps(IdRange within) const {
  IdRanges gaps;
  for (const auto& [first, last] : ranges_) {
    if (last < within.first) continue;
    if (first > within.last) break;
    gaps.add(IdRange{within.first, first - 1});
    within.first = last + 1;
  }
  gaps.add(within);
  return gaps;
}

}  // namespace aisle
