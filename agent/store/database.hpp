// The database as one synchronous object: what it loads, the write transaction and the reads. One thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/store/commands.hpp"
#include "agent/store/datasets.hpp"
#include "agent/store/ledger.hpp"
#include "agent/store/outbox.hpp"
#include "agent/store/room.hpp"
#include "agent/store/schema.hpp"

namespace aisle::store {

// Upkeep that waits for the next transaction. Repeating it is harmless.
struct Chores {
  struct DeadLetterMark {
    std::int64_t id = 0;
    int reason_code = 0;
    std::string why;
  };
  struct Prune {
    std::int64_t decisions_before_us = 0;
    std::int32_t visits_before_day = 0;
  };
  std::vector<DeadLetterMark> dead_letters;  // done before acknowledgements
  std::vector<std::int64_t> damaged;         // rows that were read with a wrong checksum
  IdRanges acknowledged;                     // these rows go
  std::optional<Prune> prune;
  std::int64_t commands_before = 0;  // unix ms; 0: none
  bool compact = false;
  IdRanges waiting;  // acknowledged too, and deleted another time: to be known to rows that are written now

  [[nodiscard]] bool empty() const {
    return dead_letters.empty() && damaged.empty() && acknowledged.empty() && !prune && commands_before == 0 &&
           !compact;
  }
  // Takes up `older`, which was not done.
  void put_back(Chores older);
};

// Why a group was rolled back.
struct GroupFailure {
  Error error;
  bool refused = false;   // batch number `batch` can never be committed
  std::size_t batch = 0;  // only when `refused`
};

class Database {
 public:
  static Result<std::unique_ptr<Database>> open(const StoreOptions& options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] const Loaded& loaded() const { return loaded_; }

  // Chores first (they free room), then the batches in order: one transaction, all or nothing.
  tl::expected<std::vector<Committed>, GroupFailure> commit(const Chores& chores,
                                                            std::span<const Batch* const> batches);
  Result<std::vector<Dropped>> enforce_bounds(const OutboxBounds& bounds, const IdRanges& keep);
  Result<std::uint64_t> retry_dead_letters(const DeadLetterChoice& choice);
  Result<bool> stage(const StagedPage& page);
  // Whether the disk has room for these; what is deleted needs none.
  Status check_room(std::span<const Batch* const> batches);
  // A bounded number of rows each; true: there may be more.
  Result<bool> discard_staged(Dataset dataset);
  Result<bool> sweep();
  Result<bool> drop_keys_before(std::int32_t day);
  // After a failed write: lets the log be overwritten from its start, which needs no room on the disk. Best effort.
  void reuse_log();

  [[nodiscard]] Outbox& outbox() { return outbox_; }
  [[nodiscard]] Datasets& datasets() { return datasets_; }
  [[nodiscard]] Commands& commands() { return commands_; }

 private:
  Database(OpenedDatabase opened, const StoreOptions& options)
      : cipher_(std::move(opened.cipher)),
        connection_(std::move(opened.connection)),
        high_water_(options.path, options.vfs),
        room_(connection_, free_bytes_of(options)),
        outbox_(connection_),
        datasets_(connection_, options.master_key),
        ledger_(connection_),
        commands_(connection_) {}
  static Room::FreeBytes free_bytes_of(const StoreOptions& options);
  Status load();
  // A database that was set aside, or that has less than was committed to it: the next epoch.started says so, what is
  // missing is listed, and leases are refused, for nobody knows what was spent of them.
  Status notice_loss();
  Status load_leases();
  // Rows that the previous start knew to be acknowledged go. Best effort: what cannot be deleted is sent again.
  void drop_acknowledged();
  Result<bool> in_transaction(const std::function<Result<bool>()>& work);
  // While rows come and go free pages are used again; afterwards they are the file system's.
  Status compact();
  // Appends what became dead letters or was set aside to `refused`.
  Status do_chores(const Chores& chores, std::vector<Dropped>& refused);
  tl::expected<Committed, WriteFailure> write(const Batch& batch);
  tl::expected<Committed, WriteFailure> write_erasure(const Batch& batch);
  WriteStatus write_rows(const Batch& batch);
  WriteStatus checked(const Status& status) const;

  // A transaction of the caller's.
  Result<Transaction> begin();
  // What was deleted leaves the disk, at the latest after the next commit that succeeds.
  void empty_log();
  void shorten_file();

  std::unique_ptr<CipherVfs> cipher_;  // before the connection, which uses it
  Connection connection_;
  HighWaterFile high_water_;
  Room room_;
  Outbox outbox_;
  Datasets datasets_;
  Ledger ledger_;
  Commands commands_;
  Loaded loaded_;
  std::vector<Dropped> refused_;  // committed, and not yet given by enforce_bounds
  bool log_to_empty_ = false;
};

}  // namespace aisle::store
