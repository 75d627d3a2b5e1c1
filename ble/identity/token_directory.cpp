#include "ble/identity/token_directory.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace aisle::identity {

void TokenDirectory::add_key(const DayKey& key) {
  const std::uint32_t device = devices_.find_or_add(key.ordinal);
  DayKeys& keys = days_[key.day];
  const bool claimed = devices_[device].claimed();
  if (const Key128* const old = keys.find(device); old == nullptr) {
    ++devices_[device].keys;
    ++key_count_;
  } else if (claimed) {
    erase_token_of_day(key.day, device, *old);
  }
  const Key128 rpik = derive_rpik(hkdf_, key.key);
  keys.put(device, rpik);
  if (!claimed || !current_) return;
  for (IntervalTable& table : tables_) {
    if (table.day() == key.day) table.insert(device, rpik, aes_);
  }
}

void TokenDirectory::erase_keys(std::int32_t day, std::optional<std::uint32_t> ordinal) {
  const auto found = days_.find(day);
  if (found == days_.end()) return;
  if (ordinal) {
    erase_key(found, *ordinal);
  } else {
    erase_day(found);
  }
}

void TokenDirectory::clear_keys() {
  while (!days_.empty()) erase_day(days_.begin());
}

void TokenDirectory::drop_keys_before(std::int32_t day) {
  while (!days_.empty() && days_.begin()->first < day) erase_day(days_.begin());
}

void TokenDirectory::claim(std::uint32_t ordinal, std::uint32_t owner, std::int8_t tx_offset_db) {
  const std::uint32_t device = devices_.find_or_add(ordinal);
  const bool was_claimed = devices_[device].claimed();
  devices_.claim(device, owner, tx_offset_db);
  if (!was_claimed) insert_tokens(device);
}

std::optional<std::uint32_t> TokenDirectory::release(std::uint32_t ordinal, std::uint32_t owner) {
  const std::uint32_t device = devices_.find(ordinal);
  if (device == kNone) return std::nullopt;
  const bool was_claimed = devices_[device].claimed();
  const auto left = devices_.release(device, owner);
  if (was_claimed && !devices_[device].claimed()) {
    erase_tokens(device);
    devices_.collect(device);
  }
  return left;
}

void TokenDirectory::release_all() {
  devices_.release_all();
  if (!current_) return;
  for (IntervalTable& table : tables_) table.restart(table.interval());
}

void TokenDirectory::set_tx_offset(std::uint32_t ordinal, std::int8_t tx_offset_db) {
  if (const std::uint32_t device = devices_.find(ordinal); device != kNone) {
    devices_[device].tx_offset_db = tx_offset_db;
  }
}

bool TokenDirectory::roll(std::uint32_t current) {
  if (current_ == current) return false;
  // At the ends of the number range the neighbours repeat an interval, harmlessly.
  constexpr std::uint32_t kLast = std::numeric_limits<std::uint32_t>::max();
  const std::uint32_t next = current + (current < kLast ? 1 : 0);
  move_tables({current, current - (current > 0 ? 1 : 0), next, next + (next < kLast ? 1 : 0)});
  current_ = current;
  return true;
}

bool TokenDirectory::behind() const {
  if (!erased_.empty()) return true;
  return current_ &&
         std::any_of(tables_.begin(), tables_.begin() + kAhead, [](const auto& t) { return !t.complete(); });
}

bool TokenDirectory::work(std::size_t count) {
  for (const Place place : {kCurrent, kPrevious, kNext}) {
    IntervalTable& table = tables_[place];
    if (!current_ || table.complete()) continue;
    if (!table.cover(keys_of(table.day()), devices_, count, aes_)) return true;
  }
  while (!erased_.empty() && count > 0) count -= forget_erased(count);
  return behind();
}

// Takes the keys of an erased day off their devices.
std::size_t TokenDirectory::forget_erased(std::size_t count) {
  const DayKeys& keys = erased_.back();
  const auto end =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(keys.devices(), std::uint64_t{forgotten_} + count));
  const std::size_t done = end - forgotten_;
  for (; forgotten_ < end; ++forgotten_) {
    if (keys.find(forgotten_) == nullptr) continue;
    --devices_[forgotten_].keys;
    devices_.collect(forgotten_);
  }
  if (end == keys.devices()) {
    erased_.pop_back();
    forgotten_ = 0;
  }
  return done;
}

bool TokenDirectory::prepare(std::size_t count) {
  if (!current_) return false;
  IntervalTable& ahead = tables_[kAhead];
  return !ahead.cover(keys_of(ahead.day()), devices_, count, aes_);
}

TokenHit TokenDirectory::find(OnAirRpi rpi) const {
  Token token;
  std::ranges::copy(rpi, token.begin());
  // Three likely cache misses at once instead of one after the other.
  tables_[kPrevious].tokens().prefetch(token);
  tables_[kNext].tokens().prefetch(token);
  for (const Place place : {kCurrent, kPrevious, kNext}) {
    if (!tables_[place].complete()) continue;
    const std::uint32_t device = tables_[place].tokens().find(token);
    if (device == kNone) continue;
    const std::uint32_t interval = tables_[place].interval();
    if (device == TokenTable::kAmbiguous || devices_[device].owner == DeviceState::kContested) {
      return {TokenHit::Kind::ambiguous, kNone, interval};
    }
    return {TokenHit::Kind::one, device, interval};
  }
  return {};
}

void TokenDirectory::heard(std::uint32_t device, std::uint32_t interval) {
  devices_[device].newest_heard = std::max(devices_[device].newest_heard, interval);
}

std::size_t TokenDirectory::tokens_ready() const {
  return tables_[kPrevious].ready() + tables_[kCurrent].ready() + tables_[kNext].ready();
}

std::size_t TokenDirectory::bytes() const {
  std::size_t sum = devices_.bytes();
  for (const auto& [day, keys] : days_) sum += keys.bytes();
  for (const DayKeys& keys : erased_) sum += keys.bytes();
  for (const IntervalTable& table : tables_) sum += table.tokens().bytes();
  return sum;
}

const DayKeys* TokenDirectory::keys_of(std::int32_t day) const {
  const auto found = days_.find(day);
  return found == days_.end() ? nullptr : &found->second;
}

void TokenDirectory::insert_tokens(std::uint32_t device) {
  if (!current_ || devices_[device].keys == 0) return;
  for (IntervalTable& table : tables_) {
    const DayKeys* const keys = keys_of(table.day());
    const Key128* const rpik = keys == nullptr ? nullptr : keys->find(device);
    if (rpik != nullptr) table.insert(device, *rpik, aes_);
  }
}

void TokenDirectory::erase_tokens(std::uint32_t device) {
  if (!current_ || devices_[device].keys == 0) return;
  for (IntervalTable& table : tables_) {
    const DayKeys* const keys = keys_of(table.day());
    const Key128* const rpik = keys == nullptr ? nullptr : keys->find(device);
    if (rpik != nullptr) table.erase(device, *rpik, aes_);
  }
}

void TokenDirectory::erase_token_of_day(std::int32_t day, std::uint32_t device, const Key128& rpik) {
  if (!current_) return;
  for (IntervalTable& table : tables_) {
    if (table.day() == day) table.erase(device, rpik, aes_);
  }
}

void TokenDirectory::erase_day(std::map<std::int32_t, DayKeys>::iterator day) {
  for (IntervalTable& table : tables_) {
    if (current_ && table.day() == day->first) table.restart(table.interval());
  }
  key_count_ -= day->second.size();
  // In front: `forgotten_` counts in the last one.
  erased_.insert(erased_.begin(), std::move(day->second));
  days_.erase(day);
}

void TokenDirectory::erase_key(std::map<std::int32_t, DayKeys>::iterator day, std::uint32_t ordinal) {
  DayKeys& keys = day->second;
  const std::uint32_t device = devices_.find(ordinal);
  const Key128* const rpik = device == kNone ? nullptr : keys.find(device);
  if (rpik == nullptr) return;
  if (keys.size() == 1) {
    erase_day(day);
    return;
  }
  if (devices_[device].claimed()) erase_token_of_day(day->first, device, *rpik);
  keys.erase(device);
  --devices_[device].keys;
  --key_count_;
  devices_.collect(device);
}

void TokenDirectory::move_tables(const std::array<std::uint32_t, kPlaces>& wanted) {
  // Swap tables that are wanted to their new places first; what is left over is made anew there.
  for (std::size_t place = 0; place < kPlaces; ++place) {
    const auto found = std::find_if(tables_.begin() + static_cast<std::ptrdiff_t>(place), tables_.end(),
                                    [&](const IntervalTable& t) { return t.interval() == wanted[place]; });
    if (current_ && found != tables_.end() && found->interval() != tables_[place].interval()) {
      std::swap(tables_[place], *found);
    }
  }
  for (std::size_t place = 0; place < kPlaces; ++place) {
    if (!current_ || tables_[place].interval() != wanted[place]) tables_[place].restart(wanted[place]);
  }
}

}  // namespace aisle::identity
