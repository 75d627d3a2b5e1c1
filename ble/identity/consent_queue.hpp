// Which customers' proximity consent begins or ends next: a heap that knows where each slot's entry is, so that one is
// changed and taken out in steps that grow with the logarithm.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "agent/base/time.hpp"
#include "agent/model/records.hpp"
#include "ble/identity/chunked.hpp"
#include "ble/identity/flat_index.hpp"

namespace aisle::identity {

class ConsentQueue {
 public:
  // Notes the consent's changes: the next one after `now` is queued for `slot` instead of an earlier one, a past one
  // bounds how far time may go back.
  void schedule(const std::optional<Consent>& consent, std::uint32_t slot, UnixTime now);
  void remove(std::uint32_t slot);
  // A slot whose consent changed at or before `now`.
  std::optional<std::uint32_t> take_due(UnixTime now);
  [[nodiscard]] std::optional<UnixTime> next() const {
    return heap_.empty() ? std::nullopt : std::optional(heap_[0].at);
  }
  [[nodiscard]] bool due(UnixTime now) const { return !heap_.empty() && heap_[0].at <= now; }
  // Whether a change known to have happened would still be ahead at `now`: then every customer is to be looked at.
  [[nodiscard]] bool before_a_past_change(UnixTime now) const { return now < latest_past_; }
  // Before every customer is looked at.
  void forget_past() { latest_past_ = UnixTime::min(); }
  void clear();
  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  [[nodiscard]] std::size_t bytes() const { return heap_.bytes() + places_.bytes(); }

 private:
  struct Change {
    UnixTime at{};
    std::uint32_t slot = 0;
  };
  struct Place {
    std::uint32_t index = kNone;  // in the heap
  };
  void put(std::size_t index, const Change& change);
  // Puts `change` where it belongs, beginning at `index`, which is free.
  void settle(std::size_t index, const Change& change);

  Chunked<Change> heap_;
  Chunked<Place> places_;  // by slot
  UnixTime latest_past_ = UnixTime::min();
};

}  // namespace aisle::identity
