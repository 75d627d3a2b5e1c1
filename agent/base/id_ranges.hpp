// A set of outbox ids, kept as inclusive ranges that do not touch.
#pragma once

#include <cstdint>
#include <map>

namespace aisle {

struct IdRange {
  std::int64_t first = 0, last = 0;  // inclusive; empty when last < first
  friend bool operator==(const IdRange&, const IdRange&) = default;
};

class IdRanges {
 public:
  void add(IdRange range);
  void add(std::int64_t id) { add(IdRange{id, id}); }
  void add(const IdRanges& other);
  void remove_through(std::int64_t id);
  // Removes the first `count` ids and gives them.
  IdRanges take(std::uint64_t count);
  [[nodiscard]] bool contains(std::int64_t id) const;
  // The range that begins with `first`; empty when none does.
  [[nodiscard]] IdRange beginning_at(std::int64_t first) const;
  // The last of the range that holds `id`; the id before it when none does.
  [[nodiscard]] std::int64_t through(std::int64_t id) const;
  // What of [first, last] is not in the set.
  [[nodiscard]] IdRanges gaps(IdRange within) const;

  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  // How many ranges, and how many ids.
  [[nodiscard]] std::size_t size() const { return ranges_.size(); }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  // First to last, ascending.
  [[nodiscard]] const std::map<std::int64_t, std::int64_t>& ranges() const { return ranges_; }

 private:
  using Iterator = std::map<std::int64_t, std::int64_t>::iterator;
  Iterator erase(Iterator range);

  std::map<std::int64_t, std::int64_t> ranges_;
  std::uint64_t count_ = 0;
};

}  // namespace aisle
