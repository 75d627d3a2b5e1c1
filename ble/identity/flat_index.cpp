#include "ble/identity/flat_index.hpp"

#include <functional>
#include <utility>

namespace aisle::identity {

std::uint32_t hash_u64(std::uint64_t value) {
  // The finalizer of splitmix64.
  value += 0x9E3779B97F4A7C15U;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
  return static_cast<std::uint32_t>((value ^ (value >> 31U)) >> 32U);
}

std::uint32_t hash_text(std::string_view text) {
  return hash_u64(std::hash<std::string_view>{}(text));
}

void FlatIndex::insert(std::uint32_t hash, std::uint32_t position) {
  if ((size_ + 1) * 4 > entries_.size() * 3) grow();
  place({hash, position});
  ++size_;
}

bool FlatIndex::erase(std::uint32_t hash, std::uint32_t position) {
  if (entries_.empty()) return false;
  std::size_t hole = home(hash);
  while (entries_[hole].position != position) {
    if (entries_[hole].position == kNone) return false;
    hole = next(hole);
  }
  // Backward shift: move up each follower whose home does not lie behind the hole.
  for (std::size_t i = next(hole); entries_[i].position != kNone; i = next(i)) {
    const std::size_t from_home = (i + entries_.size() - home(entries_[i].hash)) % entries_.size();
    const std::size_t from_hole = (i + entries_.size() - hole) % entries_.size();
    if (from_home < from_hole) continue;
    entries_[hole] = entries_[i];
    hole = i;
  }
  entries_[hole] = Entry{};
  --size_;
  return true;
}

void FlatIndex::clear() {
  std::vector<Entry>().swap(entries_);
  size_ = 0;
}

void FlatIndex::grow() {
  // By a quarter, so that memory stays within 8 / (3/4 / 1.25) = 13.4 bytes per entry.
  std::vector<Entry> old(entries_.size() + entries_.size() / 4 + 16);
  old.swap(entries_);
  for (const Entry& entry : old) {
    if (entry.position != kNone) place(entry);
  }
}

void FlatIndex::place(const Entry& entry) {
  std::size_t i = home(entry.hash);
  while (entries_[i].position != kNone) i = next(i);
  entries_[i] = entry;
}

}  // namespace aisle::identity
