// Customers' records, and which of them may be resolved at the time: those whose proximity consent is current claim
// their devices and static identifiers, the others claim nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/time.hpp"
#include "agent/model/records.hpp"
#include "ble/identity/consent_queue.hpp"
#include "ble/identity/packed_customer.hpp"
#include "ble/identity/record_pool.hpp"
#include "ble/identity/static_ids.hpp"
#include "ble/identity/token_directory.hpp"

namespace aisle::identity {

class CustomerDirectory {
 public:
  // `statics` null: static identifiers are not allowed. Both must outlive this.
  CustomerDirectory(TokenDirectory& tokens, StaticIds* statics) : tokens_(tokens), statics_(statics) {}

  void upsert(const Customer& customer);
  bool erase(std::string_view id);
  void clear();
  [[nodiscard]] const PackedCustomer* find(std::string_view id) const;
  [[nodiscard]] const PackedCustomer& operator[](std::uint32_t slot) const { return pool_[slot]; }

  // Until the first call nobody is enrolled. What became due by it is done by `work`; true: that is everybody, since
  // this is the first time, or one before a change that has happened.
  bool advance(UnixTime now);
  // Looks at up to `count` customers whose consent began or ended, and adds to `ended` the ids of those enrolled before
  // whose consent is not current any more; how many it looked at.
  std::size_t work(std::size_t count, std::vector<std::string>& ended);
  // When a consent begins or ends next; past while behind.
  [[nodiscard]] std::optional<UnixTime> next_change() const { return queue_.next(); }
  [[nodiscard]] bool behind() const { return sweeping() || (now_ && queue_.due(*now_)); }
  // Who claims what is not certain before every customer was looked at.
  [[nodiscard]] bool sweeping() const { return sweep_ != kNone; }

  [[nodiscard]] std::size_t size() const { return pool_.size(); }
  [[nodiscard]] std::size_t enrolled() const { return enrolled_; }
  [[nodiscard]] std::size_t bytes() const { return pool_.bytes() + queue_.bytes() + record_bytes_; }

 private:
  void reconsider(std::uint32_t slot, std::vector<std::string>& ended);
  // `customer` is the record in that slot.
  void enroll(std::uint32_t slot, const Customer& customer);
  void withdraw(std::uint32_t slot);
  void give_device_to(std::uint32_t slot, std::uint32_t ordinal);

  TokenDirectory& tokens_;
  StaticIds* statics_;
  RecordPool<PackedCustomer> pool_;
  ConsentQueue queue_;
  std::optional<UnixTime> now_;
  std::uint32_t sweep_ = kNone;  // the slot to be looked at next
  std::size_t enrolled_ = 0;
  std::size_t record_bytes_ = 0;  // what the records allocate
};

}  // namespace aisle::identity
