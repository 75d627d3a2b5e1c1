// Day keys as they rest in a sealed store: each a block of AES-256 under the random wrapping key of its UTC day, which
// itself rests encrypted under the master key. Without that row a day's keys are noise, to whoever has the master key
// too. In a store that is not sealed they rest as they are.
#pragma once

#include <map>
#include <optional>

#include "agent/seal/block_cipher.hpp"
#include "agent/seal/master_key.hpp"
#include "agent/store/sqlite.hpp"
#include "agent/store/store.hpp"

namespace aisle::store {

class DayWrappers {
 public:
  DayWrappers(Connection& connection, const std::optional<seal::MasterKey>& key);
  // As it rests. The first key of a day makes the day's wrapper, in the caller's transaction.
  Result<Key128> wrap(const KeyRow& key);
  // The key of what rests. Error: the day's wrapper is gone or cannot be opened.
  Result<Key128> unwrap(std::int32_t day, const Key128& resting);
  // The wrappers of days before `day` go; true: there were some.
  Result<bool> drop_before(std::int32_t day);
  // Wraps everything that rests as it is. Once, when a store is sealed.
  Status wrap_all();
  // What is remembered may be of a transaction that was rolled back.
  void forget() { days_.clear(); }

 private:
  Result<seal::BlockCipher*> find(std::int32_t day);
  Result<seal::BlockCipher*> make(std::int32_t day);
  Status wrap_day(std::int32_t day, const char* read, const char* write);

  Connection& db_;
  std::optional<seal::Key256> key_;  // none: not sealed
  std::map<std::int32_t, seal::BlockCipher> days_;
};

}  // namespace aisle::store
