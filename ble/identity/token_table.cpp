#include "ble/identity/token_table.hpp"

#include <algorithm>
#include <utility>

namespace aisle::identity {
namespace {

// Of a part made for a known number of tokens: load 0.7.
std::size_t capacity_for(std::size_t tokens) {
  return tokens == 0 ? 0 : tokens + tokens * 3 / 7 + 4;
}

// An empty part larger than this share of what is needed, in percent, is made anew.
constexpr std::size_t kTooLargePercent = 130;

}  // namespace

std::size_t TokenTable::renew(std::size_t part, std::size_t tokens) {
  if (part == 0) contested_.clear();
  Part& renewed = parts_[part];
  size_ -= std::exchange(renewed.size, 0);
  auto& entries = renewed.entries;
  const std::size_t wanted = capacity_for((tokens + kParts - 1) / kParts);
  if (wanted > entries.size() || wanted * kTooLargePercent < entries.size() * 100) {
    std::vector<Entry>(wanted).swap(entries);
  } else {
    std::ranges::fill(entries, Entry{});
  }
  return entries.size();
}

void TokenTable::insert(const Token& token, std::uint32_t device) {
  Part& part = part_of(token);
  const std::size_t places = part.entries.size();
  if ((part.size + 1) * 4 > places * 3) part.resize(places + places / 4 + 4);
  Entry& entry = part.entries[part.locate(token)];
  if (entry.device == kNone) {
    entry = {token, device};
    ++part.size;
    ++size_;
  } else if (entry.device == kAmbiguous) {
    contested_.join(token, device);
  } else if (entry.device != device) {
    contested_.add(token, entry.device, device);
    entry.device = kAmbiguous;
  }
}

void TokenTable::erase(const Token& token, std::uint32_t device) {
  Part& part = part_of(token);
  if (part.entries.empty()) return;
  const std::size_t at = part.locate(token);
  Entry& entry = part.entries[at];
  if (entry.device == kAmbiguous) {
    if (const auto left = contested_.leave(token, device)) entry.device = *left;
  } else if (entry.device == device) {
    part.remove_at(at);
    --size_;
  }
}

std::uint32_t TokenTable::find(const Token& token) const {
  const Part& part = part_of(token);
  return part.entries.empty() ? kNone : part.entries[part.locate(token)].device;
}

std::size_t TokenTable::bytes() const {
  std::size_t sum = contested_.bytes();
  for (const Part& part : parts_) sum += part.entries.capacity() * sizeof(Entry);
  return sum;
}

std::size_t TokenTable::Part::locate(const Token& token) const {
  std::size_t i = home(token);
  while (entries[i].device != kNone && entries[i].token != token) i = next(i);
  return i;
}

void TokenTable::Part::resize(std::size_t capacity) {
  std::vector<Entry> old(capacity);
  old.swap(entries);
  for (const Entry& entry : old) {
    if (entry.device != kNone) entries[locate(entry.token)] = entry;
  }
}

void TokenTable::Part::remove_at(std::size_t hole) {
  // Backward shift: move up each follower whose home does not lie behind the hole.
  const std::size_t count = entries.size();
  for (std::size_t i = next(hole); entries[i].device != kNone; i = next(i)) {
    const std::size_t from_home = (i + count - home(entries[i].token)) % count;
    const std::size_t from_hole = (i + count - hole) % count;
    if (from_home < from_hole) continue;
    entries[hole] = entries[i];
    hole = i;
  }
  entries[hole] = Entry{};
  --size;
}

}  // namespace aisle::identity
