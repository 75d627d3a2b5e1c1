// From a token on the air to the customer's slot that claims its device: day keys, devices, and the tokens of the
// current interval and its two neighbours, each made with its own day's key. What takes a step for each key (making a
// table, forgetting a day) is only noted by the calls and done by `work`; a table that is not complete is not asked.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "agent/model/records.hpp"
#include "ble/identity/interval_table.hpp"
#include "ble/identity/token.hpp"

namespace aisle::identity {

struct TokenHit {
  enum class Kind : std::uint8_t { none, one, ambiguous } kind = Kind::none;
  std::uint32_t device = kNone;  // only for `one`
  std::uint32_t interval = 0;    // not for `none`
};

class TokenDirectory {
 public:
  // The day key itself is not kept, only its RPIK.
  void add_key(const DayKey& key);
  void erase_keys(std::int32_t day, std::optional<std::uint32_t> ordinal);
  void clear_keys();
  // Those of days before this.
  void drop_keys_before(std::int32_t day);

  void claim(std::uint32_t ordinal, std::uint32_t owner, std::int8_t tx_offset_db);
  // The owner that the device falls to because its contest is over; call set_tx_offset for it.
  std::optional<std::uint32_t> release(std::uint32_t ordinal, std::uint32_t owner);
  void release_all();
  void set_tx_offset(std::uint32_t ordinal, std::int8_t tx_offset_db);

  // Makes `current` the middle of the window. Tables that are there are moved, the others are to be made. False when it
  // was the middle already.
  bool roll(std::uint32_t current);
  // Does up to `count` steps of what is due; true when more is left. The current interval comes first.
  bool work(std::size_t count);
  [[nodiscard]] bool behind() const;
  // Covers up to `count` keys of the interval after the window; true when more is left.
  bool prepare(std::size_t count);

  // Only after `roll`.
  [[nodiscard]] TokenHit find(OnAirRpi rpi) const;
  [[nodiscard]] const DeviceState& device(std::uint32_t index) const { return devices_[index]; }
  void heard(std::uint32_t device, std::uint32_t interval);

  [[nodiscard]] std::size_t keys() const { return key_count_; }
  [[nodiscard]] std::size_t tokens_ready() const;
  [[nodiscard]] std::size_t bytes() const;

 private:
  // Slots of `tables_`: the order in which a token is looked for, and the one being prepared.
  enum Place : std::size_t { kCurrent, kPrevious, kNext, kAhead, kPlaces };

  [[nodiscard]] const DayKeys* keys_of(std::int32_t day) const;
  void insert_tokens(std::uint32_t device);
  void erase_tokens(std::uint32_t device);
  void erase_token_of_day(std::int32_t day, std::uint32_t device, const Key128& rpik);
  void erase_day(std::map<std::int32_t, DayKeys>::iterator day);
  void erase_key(std::map<std::int32_t, DayKeys>::iterator day, std::uint32_t ordinal);
  std::size_t forget_erased(std::size_t count);
  void move_tables(const std::array<std::uint32_t, kPlaces>& wanted);

  Hkdf hkdf_;
  Aes128 aes_;
  DeviceTable devices_;
  std::map<std::int32_t, DayKeys> days_;
  std::vector<DayKeys> erased_;  // whose devices still count their keys
  std::uint32_t forgotten_ = 0;  // devices of the last of these that are done
  std::array<IntervalTable, kPlaces> tables_;
  std::optional<std::uint32_t> current_;
  std::size_t key_count_ = 0;
};

}  // namespace aisle::identity
