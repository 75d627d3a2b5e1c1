#include "ble/identity/token_table.hpp"

#include <algorithm>
#include <utility>

namespace aisle::identity {
namespace {

// Of a table made for a known number of tokens: load 0.7.
std::size_t capacity_for(std::size_t tokens) {
  return tokens + tokens * 3 / 7 + 16;
}

// An empty table larger than this share of what is needed, in percent, is made anew.
constexpr std::size_t kTooLargePercent = 130;

}  // namespace

void TokenTable::reserve(std::size_t tokens) {
  const std::size_t wanted = capacity_for(tokens);
  if (wanted > entries_.size() || (size_ == 0 && wanted * kTooLargePercent < entries_.size() * 100)) resize(wanted);
}

std::size_t TokenTable::locate(const Token& token) const {
  std::size_t i = home(token);
  while (entries_[i].device != kNone && entries_[i].token != token) i = next(i);
  return i;
}

void TokenTable::insert(const Token& token, std::uint32_t device) {
  if ((size_ + 1) * 4 > entries_.size() * 3) resize(entries_.size() + entries_.size() / 4 + 16);
  Entry& entry = entries_[locate(token)];
  if (entry.device == kNone) {
    entry = {token, device};
    ++size_;
  } else if (entry.device == kAmbiguous) {
    contested_.join(token, device);
  } else if (entry.device != device) {
    contested_.add(token, entry.device, device);
    entry.device = kAmbiguous;
  }
}

void TokenTable::erase(const Token& token, std::uint32_t device) {
  if (entries_.empty()) return;
  const std::size_t at = locate(token);
  if (entries_[at].device == kAmbiguous) {
    if (const auto left = contested_.leave(token, device)) entries_[at].device = *left;
  } else if (entries_[at].device == device) {
    remove_at(at);
  }
}

std::uint32_t TokenTable::find(const Token& token) const {
  return entries_.empty() ? kNone : entries_[locate(token)].device;
}

void TokenTable::clear() {
  std::ranges::fill(entries_, Entry{});
  size_ = 0;
  contested_.clear();
}

void TokenTable::resize(std::size_t capacity) {
  std::vector<Entry> old(capacity);
  old.swap(entries_);
  for (const Entry& entry : old) {
    if (entry.device != kNone) entries_[locate(entry.token)] = entry;
  }
}

void TokenTable::remove_at(std::size_t hole) {
  // Backward shift: move up each follower whose home does not lie behind the hole.
  const std::size_t count = entries_.size();
  for (std::size_t i = next(hole); entries_[i].device != kNone; i = next(i)) {
    const std::size_t from_home = (i + count - home(entries_[i].token)) % count;
    const std::size_t from_hole = (i + count - hole) % count;
    if (from_home < from_hole) continue;
    entries_[hole] = entries_[i];
    hole = i;
  }
  entries_[hole] = Entry{};
  --size_;
}

}  // namespace aisle::identity
