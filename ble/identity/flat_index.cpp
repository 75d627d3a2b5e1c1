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
  Part& part = parts_[part_of(hash)];
  if ((part.size + 1) * 4 > part.entries.size() * 3) part.grow();
  part.place({hash, position});
  ++part.size;
  ++size_;
}

bool FlatIndex::erase(std::uint32_t hash, std::uint32_t position) {
  Part& part = parts_[part_of(hash)];
  auto& entries = part.entries;
  if (entries.empty()) return false;
  std::size_t hole = part.home(hash);
  while (entries[hole].position != position) {
    if (entries[hole].position == kNone) return false;
    hole = part.next(hole);
  }
  // Backward shift: move up each follower whose home does not lie behind the hole.
  for (std::size_t i = part.next(hole); entries[i].position != kNone; i = part.next(i)) {
    const std::size_t from_home = (i + entries.size() - part.home(entries[i].hash)) % entries.size();
    const std::size_t from_hole = (i + entries.size() - hole) % entries.size();
    if (from_home < from_hole) continue;
    entries[hole] = entries[i];
    hole = i;
  }
  entries[hole] = Entry{};
  --part.size;
  --size_;
  return true;
}

void FlatIndex::clear() {
  parts_ = {};
  size_ = 0;
}

std::size_t FlatIndex::bytes() const {
  std::size_t sum = 0;
  for (const Part& part : parts_) sum += part.entries.capacity() * sizeof(Entry);
  return sum;
}

void FlatIndex::Part::grow() {
  // By a quarter, so that memory stays within 8 / (3/4 / 1.25) = 13.4 bytes per entry.
  std::vector<Entry> old(entries.size() + entries.size() / 4 + 4);
  old.swap(entries);
  for (const Entry& entry : old) {
    if (entry.position != kNone) place(entry);
  }
}

void FlatIndex::Part::place(const Entry& entry) {
  std::size_t i = home(entry.hash);
  while (entries[i].position != kNone) i = next(i);
  entries[i] = entry;
}

}  // namespace aisle::identity
