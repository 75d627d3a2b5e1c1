// Which customers' proximity consent begins or ends next. Entries are not removed when a customer changes; the caller
// looks at the customer again when one falls due, and rebuilds when too many are outdated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "agent/base/time.hpp"
#include "agent/model/records.hpp"

namespace aisle::identity {

class ConsentQueue {
 public:
  // Notes the consent's changes: the next one after `now` is queued for `slot`, a past one bounds how far time may go
  // back.
  void schedule(const std::optional<Consent>& consent, std::uint32_t slot, UnixTime now);
  // A slot whose consent changed at or before `now`.
  std::optional<std::uint32_t> take_due(UnixTime now);
  // Whether a change known to have happened would still be ahead at `now`: then every customer is to be looked at.
  [[nodiscard]] bool before_a_past_change(UnixTime now) const { return now < latest_past_; }
  void clear();
  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  [[nodiscard]] std::size_t bytes() const { return heap_.capacity() * sizeof(Change); }

 private:
  struct Change {
    UnixTime at;
    std::uint32_t slot;
  };
  static bool later(const Change& a, const Change& b) { return a.at > b.at; }

  std::vector<Change> heap_;
  UnixTime latest_past_ = UnixTime::min();
};

}  // namespace aisle::identity
