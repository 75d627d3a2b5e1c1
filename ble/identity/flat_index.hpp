// A hash index of u32 positions kept elsewhere: 8 bytes per entry, linear probing, load at most 3/4. It stores no keys;
// the caller says by a predicate whether a position holds the wanted one. In 64 parts that grow on their own: an
// insertion moves the entries of one at most.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace aisle::identity {

// "No slot, no position, nobody" of every table here.
inline constexpr std::uint32_t kNone = 0xFFFFFFFFU;

// Well mixed 32-bit hashes for FlatIndex.
[[nodiscard]] std::uint32_t hash_u64(std::uint64_t value);
[[nodiscard]] std::uint32_t hash_text(std::string_view text);

class FlatIndex {
 public:
  // The first position with this hash for which `is_wanted(position)`, or kNone.
  template <class Predicate>
  [[nodiscard]] std::uint32_t find(std::uint32_t hash, Predicate is_wanted) const {
    const Part& part = parts_[part_of(hash)];
    if (part.entries.empty()) return kNone;
    for (std::size_t i = part.home(hash);; i = part.next(i)) {
      const Entry& entry = part.entries[i];
      if (entry.position == kNone) return kNone;
      if (entry.hash == hash && is_wanted(entry.position)) return entry.position;
    }
  }
  // `position` must not be in it yet, nor be kNone.
  void insert(std::uint32_t hash, std::uint32_t position);
  // False when that pair is not in it.
  bool erase(std::uint32_t hash, std::uint32_t position);
  // Gives the memory back.
  void clear();
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Entry {
    std::uint32_t hash = 0;
    std::uint32_t position = kNone;
  };
  struct Part {
    [[nodiscard]] std::size_t home(std::uint32_t hash) const {
      return static_cast<std::size_t>((std::uint64_t{hash & kRest} * entries.size()) >> kRestBits);
    }
    [[nodiscard]] std::size_t next(std::size_t i) const { return i + 1 == entries.size() ? 0 : i + 1; }
    void grow();
    void place(const Entry& entry);

    std::vector<Entry> entries;
    std::size_t size = 0;
  };
  // The upper bits choose the part, the others the place in it.
  static constexpr unsigned kRestBits = 26;
  static constexpr std::uint32_t kRest = (1U << kRestBits) - 1;
  static std::size_t part_of(std::uint32_t hash) { return hash >> kRestBits; }

  std::array<Part, 64> parts_;
  std::size_t size_ = 0;
};

}  // namespace aisle::identity
