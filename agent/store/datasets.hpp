// The datasets' records, keys and states. Statements only: the caller opens the transaction around them.
#pragma once

#include <array>
#include <map>
#include <vector>

#include "agent/store/day_wrappers.hpp"
#include "agent/store/sqlite.hpp"
#include "agent/store/store.hpp"

namespace aisle::store {

// XOR of SHA-256 over a set: adding and removing are the same operation, order does not matter. See sql/records.sql.
class SetDigest {
 public:
  SetDigest() = default;
  // From `bytes`; zero when they are not 32.
  explicit SetDigest(ByteSpan bytes);
  void toggle(const RecordRow& record);
  void toggle(const KeyRow& key);
  [[nodiscard]] ByteSpan bytes() const { return value_; }

 private:
  void toggle(ByteSpan content);
  std::array<std::byte, 32> value_{};
};

class Datasets {
 public:
  Datasets(Connection& connection, const std::optional<seal::MasterKey>& key)
      : db_(connection), wrappers_(connection, key) {}
  // Only those that were ever changed.
  Result<std::map<Dataset, DatasetState>> states();
  // The state afterwards.
  Result<DatasetState> apply(const DatasetChange& change);
  Result<std::vector<RecordRow>> read_records(Dataset dataset);
  Result<std::vector<KeyRow>> read_keys();
  // Up to `limit` of those in force, and with the last of them those staged; true: there may be more in force.
  Result<bool> drop_keys_before(std::int32_t day, std::size_t limit);
  // Once their keys are gone; true: there were some.
  Result<bool> drop_wrappers_before(std::int32_t day) { return wrappers_.drop_before(day); }
  // To be called where a transaction begins.
  void forget_wrappers() { wrappers_.forget(); }
  // Page by page; see store.hpp.
  Result<std::vector<RecordRow>> read_records(Dataset dataset, const std::string& after, std::size_t limit);
  Result<std::vector<KeyRow>> read_keys(std::int32_t day, std::int64_t ordinal, std::size_t limit);
  Status stage(const StagedPage& page);
  Result<std::map<Dataset, StagingState>> staging();
  Result<Gone> gone(Dataset dataset, const RowPlace& after, std::size_t limit);
  // Forgets what is staged, and deletes up to `limit` of its rows; true: it deleted some.
  Result<bool> discard_staged(Dataset dataset, std::size_t limit);
  // Deletes up to `limit` records that are neither in force nor staged; true: it deleted some.
  Result<bool> sweep(std::size_t limit);
  // Under which name the records in force are.
  Result<std::string> name_in_force(Dataset dataset);
  // Seen of leases, by id.
  Result<std::map<std::string, std::int64_t>> lease_fences();

 private:
  struct Working;
  struct Staged {
    StagingState state;
    std::uint64_t count = 0;
    SetDigest digest;
  };
  Result<KeyRow> key_of(const Query& query);  // columns day, ordinal, key
  // Column 0 of the next row of `query`, if any.
  Result<std::optional<KeyRow>> resting_key(Query& query, std::int32_t day, std::uint32_t ordinal);
  Result<std::int64_t> generation(Dataset dataset);
  Result<std::string> name_beside(Dataset dataset);
  Result<std::map<Dataset, Staged>> all_staged();
  // Deletes up to `limit` rows that are not in force; true: it deleted some.
  Result<bool> sweep_beside(Dataset dataset, std::size_t limit);
  Status stage_rows(const DatasetChange& change, const std::string& beside, Working& state);
  Status stage_key(const KeyRow& key, Working& state);
  Status swap_keys();
  Result<DatasetState> take_staged(const DatasetChange& change);
  Status change_records(const DatasetChange& change, Working& state);
  Status note_fences(const DatasetChange& change);
  Status change_keys(const DatasetChange& change, Working& state);
  Status remove_record(const std::string& dataset, const std::string& id, Working& state);
  Status put_record(const std::string& dataset, const RecordRow& record, Working& state);
  Status remove_key(std::int32_t day, std::uint32_t ordinal, Working& state);
  Status put_key(const KeyRow& key, Working& state);
  Status subtract_keys(Query query, Working& state);
  Result<bool> drop_in_force_before(std::int32_t day, std::size_t limit);
  Status drop_staged_before(std::int32_t day);
  Status save_staged(Dataset dataset, const StagingState& state, const Working& working);
  Status save(Dataset dataset, const Working& state);

  Connection& db_;
  DayWrappers wrappers_;
};

// A dataset's state while it changes, digest in binary.
struct Datasets::Working {
  DatasetState state;
  SetDigest digest;
};

}  // namespace aisle::store
