// What the gateway keeps: the outbox, datasets, decisions and visit numbers, in one SQLite database (WAL, synchronous
// FULL) through one connection that lives on one executor (a thread of its own in the daemon; inline in tests).
// Calls below are made on the core; `done` callbacks are posted back to the core executor.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/hex.hpp"
#include "agent/base/id_ranges.hpp"
#include "agent/base/loop.hpp"
#include "agent/base/result.hpp"
#include "agent/model/dataset.hpp"
#include "agent/model/event.hpp"
#include "agent/seal/master_key.hpp"

namespace aisle::store {

// One event with its envelope: what is published, byte for byte.
struct OutboxEvent {
  std::string epoch;
  std::uint64_t sequence = 0;
  std::string type;              // "zone.entered"
  std::string payload;           // the CloudEvent, frozen
  std::int64_t recorded_ms = 0;  // unix milliseconds, for bounds by age
  bool ledger = false;
};
struct OutboxRow {
  std::int64_t id = 0;  // rises by one per event, across epochs
  OutboxEvent event;
  bool damaged = false;  // not what was written: its checksum is wrong. No payload then, the name as far as it is known
};

// An event that waits until the time is known. Its place in the epoch is fixed, its payload is not made yet.
struct Draft {
  std::string epoch;
  std::uint64_t sequence = 0;
  std::string type;
  bool ledger = false;
  std::string boot;          // id of the boot
  std::int64_t boot_us = 0;  // unix microseconds of that boot, on the clock of the body's times
  std::string body;          // the caller's
};
// The payload and `recorded_ms` of a draft whose time is now known, or that waits no longer; nothing: it waits on. Runs
// on the worker.
using SettleDraft = std::function<std::optional<OutboxEvent>(const Draft&)>;

struct DecisionRow {
  std::string decision_id, customer, offer, group;
  std::int64_t at_us = 0;  // unix microseconds
};

struct VisitNumberRow {
  std::string customer;
  std::int32_t day = 0;
  std::uint32_t last = 0;
};

// One unit or code of a lease, given out.
struct LeaseSpendRow {
  std::string lease;
  std::int64_t fence = 0;
  std::uint64_t unit = 0;
  std::string code;  // empty: a unit
  std::int64_t expires_us = 0;
};

struct RecordRow {
  std::string id;
  std::string body;  // canonical JSON
};
struct KeyRow {
  std::uint32_t ordinal = 0;
  std::int32_t day = 0;
  Key128 key{};
};

struct DatasetState {
  std::string epoch;  // empty: never synced
  std::uint64_t cursor = 0;
  std::int64_t confirmed_ms = 0;  // unix ms of the last confirmation that we are current; 0: never
  std::uint64_t count = 0;
  std::string digest;           // see records.sql: XOR of SHA-256 over the records, hex
  std::int64_t generation = 0;  // the store's own
};

// A change of one dataset. `keys` uses key_*; every other dataset record_*.
struct DatasetChange {
  Dataset dataset = Dataset::offers;
  bool replace_all = false;  // a snapshot or an import
  std::vector<std::string> record_deletes;
  std::vector<RecordRow> record_upserts;
  std::vector<std::pair<std::int32_t, std::optional<std::uint32_t>>> key_deletes;  // day, ordinal
  std::vector<KeyRow> key_upserts;
  std::map<std::string, std::int64_t> lease_fences;  // seen; the highest of each lease is kept for ever
  std::string epoch;
  std::uint64_t cursor = 0;
  std::int64_t confirmed_ms = 0;
  bool confirm_only = false;  // nothing but confirmed_ms changes
  // The snapshot that is staged whole, of this epoch and cursor, takes the place of all. Without one nothing changes,
  // as the state afterwards tells.
  bool from_staging = false;
};

// How far a snapshot in pages has come.
struct StagingState {
  std::string snapshot;  // its id as JSON text
  std::string epoch;
  std::uint64_t cursor = 0, pages = 0;
  std::uint64_t base = 0, next = 0;  // number of the first page (0 or 1), and of the one that is missing next
  std::string refused;               // JSON, the caller's
};
// A page that goes beside what is in force; the first one (`next` is `base` + 1) begins anew.
struct StagedPage {
  DatasetChange change;  // deletes and upserts of records, upserts of keys, fences
  StagingState after;
  [[nodiscard]] bool first() const { return after.next == after.base + 1; }
};
// How far a dataset was read: the last record's id, or the last key's day and ordinal.
struct RowPlace {
  std::string id;
  std::int32_t day = -1;
  std::int64_t ordinal = 0;
};
// What was in force before the last snapshot and is not in what is in force, as far as it was looked at.
struct Gone {
  std::vector<std::string> records;
  std::vector<std::pair<std::int32_t, std::uint32_t>> keys;  // day, ordinal
  std::optional<RowPlace> last;                              // none: there is no more
};

// A command of the cloud that was carried out: under its id the same reply is given again.
struct CommandRow {
  std::string id, name;
  std::int64_t at_ms = 0;  // unix ms
  bool is_signed = false;
  std::string reply;
};

// What will never be delivered of one epoch: the bounds or an erasure removed it, the broker refused it for good, or
// the disk altered it or has it no more.
struct Dropped {
  std::string epoch;
  std::string reason = "bounds";                                // or "refused", "erased", "lost"
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;  // inclusive sequence ranges
  std::map<std::string, std::uint64_t> by_type;
  std::int64_t id = 0;  // rises; kept on disk until a batch says `drops_reported`
};

// What was taken out of one customer.
struct Erased {
  std::uint64_t records = 0, keys = 0, orders = 0, decisions = 0, visit_numbers = 0, outbox = 0, dead_letters = 0;
  std::vector<std::pair<std::int32_t, std::uint32_t>> key_list;  // day, ordinal
  std::vector<std::int64_t> outbox_ids;
  std::vector<Dropped> dropped;              // of the outbox, by epoch; told by the next `enforce_bounds`
  std::map<Dataset, DatasetState> datasets;  // those that changed, afterwards
};

struct Batch;
// Everything of one customer leaves the database, before what else is in the batch is written. `complete` then fills in
// the batch's events and command with what was found; it runs on the worker and may be called again when the
// transaction failed.
struct Erasure {
  std::string customer;
  std::function<void(const Erased& erased, Batch& batch)> complete;
};

// Everything in one batch is committed in one transaction: state changes and the events that they caused.
struct Batch {
  std::vector<OutboxEvent> events;
  std::vector<DecisionRow> decisions;
  std::vector<VisitNumberRow> visits;
  std::vector<LeaseSpendRow> lease_spends;  // one that was spent before breaks a constraint
  std::optional<DatasetChange> change;
  // Deleted: their decisions are erased, their visit numbers are kept under `customer_digest`.
  std::vector<std::string> forget_customers;
  std::int64_t drops_reported = 0;  // the events list every Dropped up to this id; 0: none
  std::optional<CommandRow> command;
  std::optional<Erasure> erasure;
  SettleDraft settle;         // first: every draft is asked for, oldest first, and moved to the outbox
  std::vector<Draft> drafts;  // last
};

struct Committed {
  std::int64_t first_id = 0;            // outbox ids of the batch's events are first_id, first_id + 1, ...
  std::optional<DatasetState> dataset;  // after `change`
  // After an erasure: what it found, and the events as they were completed; after `settle`: those that became events.
  std::optional<Erased> erased;
  std::vector<OutboxEvent> completed;
  std::vector<Dropped> lost;  // drafts that were damaged; told by the next `enforce_bounds`
};

struct EpochInfo {
  std::string epoch;
  std::uint64_t last_sequence = 0;  // 0: none committed
};

inline constexpr int kDamaged = -1;  // as a reason code: the disk altered it, its payload is not kept

struct DeadLetter {
  OutboxRow row;
  int reason_code = 0;  // the broker's, or kDamaged
  std::string why;
};
// Dead letters with one of these ids or types; all, when both are empty.
struct DeadLetterChoice {
  std::vector<std::int64_t> ids;
  std::vector<std::string> types;
};

inline constexpr std::size_t kAllDeadLetters =
    10'000;  // kept at most: a broker that refuses all must not fill the card

struct Loaded {
  std::optional<EpochInfo> previous_epoch;  // the last one begun before this start
  std::map<Dataset, DatasetState> datasets;
  std::map<Dataset, StagingState> staging;
  std::vector<DecisionRow> decisions;
  std::vector<VisitNumberRow> visits;
  std::vector<LeaseSpendRow> lease_spends;
  std::map<std::string, std::int64_t> lease_fences;
  bool database_lost = false;  // set aside as corrupt, or it has less than was committed; until the next epoch begins
  bool leases_lost = false;    // that happened, and no leases came since
  std::uint64_t drafts = 0;    // that wait for the time
  std::int64_t newest_ms = 0;  // unix ms: the latest time that anything speaks of
  std::uint64_t outbox_rows = 0;
  std::int64_t outbox_last_id = 0;
  std::vector<Dropped> unreported_drops;   // removed before this start, not yet listed by a committed event
  std::optional<std::string> quarantined;  // where a corrupt database was moved to
  bool sealed_now = false;                 // it was plain before this start
};

struct OutboxStatus {
  std::uint64_t rows = 0, bytes = 0, dead_letters = 0;
  std::uint64_t damaged = 0;  // found altered on the disk and set aside; not among the dead letters
  std::uint64_t drafts = 0;   // events that wait for the time, not among the rows
  std::int64_t oldest_id = 0, newest_id = 0;
  std::int64_t oldest_recorded_ms = 0;
  std::map<std::string, std::uint64_t> rows_by_epoch;
};

// How much may wait. Times in unix milliseconds; rows recorded before them go, 0: none.
struct OutboxBounds {
  std::uint64_t rows = 0, bytes = 0;
  std::int64_t presence_before_ms = 0, ledger_before_ms = 0;
};

// What the outbox is, looked at row by row.
struct OutboxCheck {
  std::uint64_t rows = 0, bytes = 0, dead_letters = 0;
  struct Span {
    std::uint64_t first = 0, last = 0, rows = 0;  // sequences; fewer rows than that: the others are gone already
  };
  std::map<std::string, Span> epochs;
  std::vector<std::string> problems;   // empty: sound
  std::vector<std::string> set_aside;  // "epoch-sequence type" of what was found altered and will not be sent
};

struct StoreOptions {
  std::string path;  // the database file
  std::string vfs;   // SQLite VFS name; empty: the default. The file layer is handed in through it.
  // Everything rests encrypted under it; none: nothing does. A database that is plain is encrypted when it is opened;
  // the way back is refused.
  std::optional<seal::MasterKey> master_key{};
  // What the file system has left, in bytes; not set: it is asked with the default VFS, and not with another.
  std::function<std::optional<std::uint64_t>()> free_bytes;
  milliseconds presence_window{450};  // a batch without ledger events may wait this long for company (at most 500 ms)
};

struct StoreStats {
  std::uint64_t commits = 0;         // transactions that carried batches
  std::uint64_t events = 0;          // events committed
  std::uint64_t failed_commits = 0;  // transactions rolled back and tried again
  std::uint64_t refused = 0;         // batches that can never be committed: their `done` had an error
  std::uint64_t waiting = 0;         // events queued and not yet committed
  std::string last_error;            // of the last failed or refused commit, kept after recovery
};

class Store {
 public:
  // Opens or creates, migrates, loads. A file that is corrupt or no database is moved beside itself
  // (`…/aisle.db.corrupt-<n>`) and a new one begun; the caller says so loudly. So he does when the database
  // has less than was committed to it. Error: cannot be opened, disk, newer
  // schema, sealed under another master key or without one given: the file stays as it is.
  static Result<std::unique_ptr<Store>> open(const StoreOptions& options, Executor& worker, Loop& core);
  virtual ~Store();
  [[nodiscard]] virtual const Loaded& loaded() const = 0;

  using CommitDone = std::function<void(Result<Committed>)>;
  // Queues a batch. Batches commit in the order queued, several in one transaction when they wait together. `urgent`:
  // at once. On failure (disk full, or about to be) the batch stays queued and is tried again, after 1 s doubling to 10
  // s; `done` is called once, when it is committed. A batch that breaks a constraint (a sequence that does not rise, a
  // decision twice) is left out whole: `done` gets the error, and what follows goes on. The queue is not bounded here:
  // see `stats().waiting`.
  virtual void commit(Batch batch, bool urgent, CommitDone done) = 0;

  // Committed events with id > after, oldest first, at most `limit` rows and about `max_bytes`.
  virtual void read_outbox(std::int64_t after, std::size_t limit, std::size_t max_bytes,
                           std::function<void(Result<std::vector<OutboxRow>>)> done) = 0;
  // Deletes these rows: one statement a range. Waits for company, some seconds at most; a question (but not
  // `read_outbox`) and `flush` end the wait. After a crash before that the rows come again which no later commit knew
  // to be acknowledged. Dead letters and
  // pruning wait for the next commit or the presence window.
  virtual void acknowledge(const IdRanges& ids) = 0;
  // Moves one row to the dead-letter table. The account of it is committed with that, and given by the next
  // `enforce_bounds`, and in `Loaded::unreported_drops` until a batch sets `drops_reported`; none for outbox.dropped.
  virtual void dead_letter(std::int64_t id, int reason_code, std::string why) = 0;
  // Moves a row that was read as damaged to the dead letters; the account of it is given as that of a dead letter.
  virtual void set_aside(std::int64_t id) = 0;
  // Removes rows that are too old, then the oldest until at most `rows` and `bytes` remain, presence events before
  // ledger events; says which went, and which
  // became dead letters or were erased since it was last asked. Rows with
  // these ids are in flight and stay, as do events of type outbox.dropped, and, unless too old, epoch.started of the
  // newest 100 epochs. The account of what went is
  // committed with the removal and given again in `Loaded::unreported_drops` until a batch sets `drops_reported`.
  using Dropped = store::Dropped;
  virtual void enforce_bounds(const OutboxBounds& bounds, const IdRanges& keep,
                              std::function<void(Result<std::vector<Dropped>>)> done) = 0;

  virtual void read_records(Dataset dataset, std::function<void(Result<std::vector<RecordRow>>)> done) = 0;
  virtual void read_keys(std::function<void(Result<std::vector<KeyRow>>)> done) = 0;
  // In order of id, after `after`, and of (day, ordinal) after these: at most `limit` rows, none at the end.
  virtual void read_records_after(Dataset dataset, std::string after, std::size_t limit,
                                  std::function<void(Result<std::vector<RecordRow>>)> done) = 0;
  virtual void read_keys_after(std::int32_t day, std::int64_t ordinal, std::size_t limit,
                               std::function<void(Result<std::vector<KeyRow>>)> done) = 0;
  // A page of a snapshot, in a transaction of its own. Error: disk, or it does not follow what is staged. Not tried
  // again.
  virtual void stage(StagedPage page, std::function<void(Result<bool>)> done) = 0;
  // Looks at the next `limit` rows after `after` of what a snapshot replaced; they are there until `sweep`.
  virtual void read_gone_after(Dataset dataset, RowPlace after, std::size_t limit,
                               std::function<void(Result<Gone>)> done) = 0;
  // Deletes some of what is neither in force nor staged; true: there may be more.
  virtual void sweep(std::function<void(Result<bool>)> done) = 0;
  // Some of them; true: there may be more.
  virtual void drop_keys_before(std::int32_t day, std::function<void(Result<bool>)> done) = 0;
  // Gives free pages back to the file system, up to 4 MiB at a time, while little waits in the outbox.
  virtual void compact() = 0;
  virtual void prune(std::int64_t decisions_before_us, std::int32_t visits_before_day) = 0;
  // The reply that was committed for a command, if any; and what is older is forgotten with the next commit.
  virtual void read_command(const std::string& id, std::function<void(Result<std::optional<std::string>>)> done) = 0;
  virtual void forget_commands_before(std::int64_t at_ms) = 0;
  virtual void outbox_status(std::function<void(Result<OutboxStatus>)> done) = 0;
  // Looks at every row.
  virtual void check_outbox(std::function<void(Result<OutboxCheck>)> done) = 0;
  // Dead letters with id > after, oldest first, at most `limit`.
  virtual void read_dead_letters(std::int64_t after, std::size_t limit,
                                 std::function<void(Result<std::vector<DeadLetter>>)> done) = 0;
  // Back to the end of the outbox with these, oldest first, under new ids, unchanged: how many.
  virtual void retry_dead_letters(const DeadLetterChoice& choice, std::function<void(Result<std::uint64_t>)> done) = 0;
  // Commits everything queued, on the calling thread; false when `deadline` (real time) passes first. Only at shutdown.
  // The `done` callbacks are posted to the core as ever.
  virtual bool flush(milliseconds deadline) = 0;
  [[nodiscard]] virtual StoreStats stats() const = 0;  // thread-safe
};

// Whether a file is a sealed database: to be opened with its master key.
[[nodiscard]] bool is_sealed(const std::string& path);

}  // namespace aisle::store
