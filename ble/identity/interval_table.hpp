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
  // Covers up to `count` more positions of `keys`, its day's; true when all are covered. Null: there are no keys.
  bool cover(const DayKeys* keys, const DeviceTable& devices, std::size_t count, Aes128& aes);
  // Forgets the tokens of a day whose keys are all gone.
  void forget_keys();
  // Forgets the tokens because nobody claims a device any more.
  void forget_claims();

  // Inserts or erases the token of a covered position whose device is claimed; one not covered yet is left to `cover`.
  void insert(const DayKeys& keys, std::uint32_t position, Aes128& aes);
  void erase(const DayKeys& keys, std::uint32_t position, Aes128& aes);

  [[nodiscard]] std::uint32_t interval() const { return interval_; }
  [[nodiscard]] std::int32_t day() const { return day_of_interval(interval_); }
  [[nodiscard]] bool complete() const { return covered_ == kAll; }
  [[nodiscard]] const TokenTable& tokens() const { return tokens_; }

 private:
  static constexpr std::uint32_t kAll = kNone;
  [[nodiscard]] Token token(const Key128& rpik, Aes128& aes) const;
  void empty_stale();

  std::uint32_t interval_ = 0;
  std::uint32_t covered_ = kAll;  // positions below this are in the table
  bool stale_ = false;            // the tokens are of an earlier interval, to be cleared before use
  TokenTable tokens_;
};

}  // namespace aisle::identity
