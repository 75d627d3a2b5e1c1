// Works out who an advertisement belongs to: customers by T1 token (or, where allowed, static identifier), assets by
// Eddystone-EID, IRK or static identifier. Pure and single-threaded; time is handed in; nothing unresolved is kept
// beyond bounded caches in memory.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/time.hpp"
#include "agent/model/advert.hpp"
#include "agent/model/records.hpp"
#include "ble/decode/decode.hpp"
#include "ble/identity/packed_customer.hpp"

namespace aisle::identity {

enum class Outcome : std::uint8_t {
  unresolved,  // nobody we know
  customer,
  asset,
  refused_replay,     // a customer's older interval after a newer one was heard
  refused_ambiguous,  // an identifier claimed by two
};

struct Resolution {
  Outcome outcome = Outcome::unresolved;
  const PackedCustomer* customer = nullptr;  // valid until the next change of the datasets
  const Asset* asset = nullptr;
  Assurance assurance = Assurance::static_id;
  BeaconKind carrier = BeaconKind::aisle_token;
  std::int8_t tx_offset_db = 0;  // the device's correction, to be added to the RSSI
  // Of the token that a customer was resolved by, else 0: a check-in's day key is looked up by them.
  std::uint32_t ordinal = 0;
  std::uint32_t interval = 0;
};

struct ResolverOptions {
  bool allow_static = false;              // [privacy] allow_static
  std::size_t rpa_cache_entries = 65536;  // bound of the address cache
  // A call never does more than some milliseconds of work: what takes a step for every customer or key is left to
  // `prepare`, and who may not be certain meanwhile is not resolved. Else it is all done at once, as a replay wants it.
  bool in_slices = false;
};

struct ResolverStats {
  std::size_t customers = 0;        // enrolled with current proximity consent
  std::size_t without_consent = 0;  // known records that never enter the table
  std::size_t keys = 0;
  std::size_t tokens_ready = 0;  // table entries of the three current intervals
  std::size_t assets = 0;
  std::uint64_t replays = 0, ambiguous = 0, rpa_tried = 0, rpa_cached = 0, rolls = 0;
  std::size_t bytes = 0;  // memory of tables, keys and customers, estimated from capacities
};

class Resolver {
 public:
  explicit Resolver(ResolverOptions options);
  ~Resolver();
  Resolver(Resolver&&) noexcept;
  Resolver& operator=(Resolver&&) noexcept;

  // Customers. An upsert replaces the whole record. Without current proximity consent at the last `advance`, a record
  // is kept out of every table until consent is current (consents can begin and end as time goes).
  void upsert_customer(const Customer& customer);
  bool erase_customer(std::string_view id);
  // Null: not known. Valid until the next change.
  [[nodiscard]] const PackedCustomer* find_customer(std::string_view id) const;
  void clear_customers();
  // While false (`customers` not confirmed current for too long) no customer resolves at all.
  void set_customers_usable(bool usable);

  void add_key(const DayKey& key);  // replaces an earlier key of the same ordinal and day
  void erase_keys(std::int32_t day, std::optional<std::uint32_t> ordinal);  // all of a day, or one
  void clear_keys();

  void upsert_asset(Asset asset);
  bool erase_asset(std::string_view id);
  void clear_assets();

  // Keys of days before this are of no use any more.
  void drop_keys_before(std::int32_t day);

  // Moves to `now`: rolls the window of intervals when a boundary was passed, lets consents begin and end. Returns ids
  // of customers whose proximity consent was found to have ended since the last call.
  // Must be called before the first `resolve`, and before `resolve` whenever time has moved; cheap when nothing is due.
  // Time may jump; in slices, a step back of less than 2 s is none.
  std::vector<std::string> advance(UnixTime now);
  // When `advance` has a consent to let begin or end next; none: never, or it has some already.
  [[nodiscard]] std::optional<UnixTime> next_consent_change() const;
  // At most `steps` of what is due (a token, a consent, or a key to forget each), then of the tokens of the interval
  // after the window, so that the next roll is a swap. Returns whether more is left. Called by the core loop in idle
  // moments, and at once while `behind`.
  bool prepare(std::size_t steps);
  // What `resolve` needs is not complete. Never where all is done at once.
  [[nodiscard]] bool behind() const;

  // O(1) in the number enrolled. Of several tokens in one advert the newest interval that resolves counts.
  [[nodiscard]] Resolution resolve(const decode::Decoded& decoded, const Address& address, UnixTime now);

  [[nodiscard]] ResolverStats stats() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace aisle::identity
