// The tokens of one interval, made of its day's keys: all at once or in slices.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ble/identity/crypto.hpp"
#include "ble/identity/day_keys.hpp"
#include "ble/identity/device_table.hpp"
#include "ble/identity/token_table.hpp"

namespace aisle::identity {

// The UTC day that an interval of 600 s lies in.
[[nodiscard]] constexpr std::int32_t day_of_interval(std::uint32_t interval) {
  return static_cast<std::int32_t>(interval / 144U);
}

class IntervalTable {
 public:
  // Starts over for `interval`, with nothing covered. The memory of old tokens is kept for new ones.
  void restart(std::uint32_t interval);
  // Covers more devices of `keys`, its day's, one a step, and takes the steps off `steps`; true when all are covered.
  // Null: there are no keys. Emptying a large old table takes the first steps.
  bool cover(const DayKeys* keys, const DeviceTable& devices, std::size_t& steps, Aes128& aes);

  // Inserts or erases the token of a device that is claimed, its day's key being `rpik`; one not covered yet is left to
  // `cover`.
  void insert(std::uint32_t device, const Key128& rpik, Aes128& aes);
  void erase(std::uint32_t device, const Key128& rpik, Aes128& aes);

  [[nodiscard]] std::uint32_t interval() const { return interval_; }
  [[nodiscard]] std::int32_t day() const { return day_of_interval(interval_); }
  [[nodiscard]] bool complete() const { return covered_ == kAll; }
  // Of another interval, or not all of this one's, while it is not complete.
  [[nodiscard]] const TokenTable& tokens() const { return tokens_; }
  [[nodiscard]] std::size_t ready() const { return renewed_ == TokenTable::kParts ? tokens_.size() : 0; }

 private:
  static constexpr std::uint32_t kAll = kNone;
  [[nodiscard]] Token token(const Key128& rpik, Aes128& aes) const;
  bool renew(std::size_t tokens, std::size_t& steps);

  std::uint32_t interval_ = 0;
  std::uint32_t covered_ = kAll;              // devices below this are in the table
  std::size_t renewed_ = TokenTable::kParts;  // the parts from this on hold tokens of an earlier interval
  TokenTable tokens_;
};

}  // namespace aisle::identity
