// The outbox, its epochs and dead letters. Statements only: the caller opens the transaction around them and, when it
// rolls back, hands `restore` what `head` was before.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/store/high_water.hpp"
#include "agent/store/sqlite.hpp"
#include "agent/store/store.hpp"

namespace aisle::store {

// What is known of the outbox without asking the disk.
struct OutboxHead {
  std::string epoch;  // the newest one that has committed an event; empty: none ever
  std::uint64_t last_sequence = 0;
  std::int64_t last_id = 0;  // ids are never used again
  std::uint64_t rows = 0, bytes = 0;
  std::int64_t passed = 0;  // every id up to here is known to be acknowledged; rows may still be there
};

// Why a statement did not succeed. `refused`: the data is at fault, a retry would fail again.
struct WriteFailure {
  Error error;
  bool refused = false;
};
using WriteStatus = tl::expected<void, WriteFailure>;

class Outbox {
 public:
  explicit Outbox(Connection& connection) : db_(connection) {}
  Status load();

  [[nodiscard]] const OutboxHead& head() const { return head_; }
  void restore(OutboxHead head) { head_ = std::move(head); }

  [[nodiscard]] HighWater high_water() const { return {head_.epoch, head_.last_sequence, head_.last_id}; }
  // Whether less is here than was committed; not when `mark` is merely old.
  Result<bool> is_behind(const HighWater& mark);
  // The missing events are noted as lost, and the epoch ends where it did.
  Status lose_through(const HighWater& mark);

  // The next id. An event must be of the newest epoch with a higher sequence, or begin an epoch never seen.
  WriteStatus append(const OutboxEvent& event);
  // Keeps the event's place until the time is known. As `append`, but it gets its id when it is settled.
  WriteStatus append_draft(const Draft& draft);
  // Moves the drafts that `settle` makes an event of to the outbox, in order; gives them. Those that are damaged go,
  // with an account in `lost`.
  Result<std::vector<OutboxEvent>> settle_drafts(const SettleDraft& settle, std::vector<Dropped>& lost);
  Result<std::uint64_t> draft_count();
  Result<std::vector<OutboxRow>> read(std::int64_t after, std::size_t limit, std::size_t max_bytes);
  // Of the rows that wait to be deleted: those appended from now on say how far everything is acknowledged.
  Status know_acknowledged(const IdRanges& waiting);
  // Acknowledged rows; ids that are not there are passed over.
  Status remove(const IdRanges& ids);
  // The account of it, already noted; none when the row is gone or is an outbox.dropped.
  Result<std::optional<Dropped>> dead_letter(std::int64_t id, int reason_code, const std::string& why);
  // Moves a damaged row to the dead letters, without its payload. The account of it, already noted; none when the row
  // is gone or sound.
  Result<std::optional<Dropped>> set_aside(std::int64_t id);
  // Keeps the newest kAllDeadLetters.
  Status trim_dead_letters();
  Result<std::vector<DeadLetter>> read_dead_letters(std::int64_t after, std::size_t limit);
  // Moves dead letters back to the end of the outbox; how many. What is damaged stays.
  Result<std::uint64_t> retry_dead_letters(const DeadLetterChoice& choice);
  // See Store::enforce_bounds. Rows of type outbox.dropped stay: they are the account of what went. Those of type
  // epoch.started go only by their age: the next tells where the epoch before it ended. They stay for the newest 100
  // epochs.
  Result<bool> exceeds(const OutboxBounds& bounds);
  Result<std::vector<Dropped>> enforce_bounds(const OutboxBounds& bounds, const IdRanges& keep);
  // Removes every row and dead letter whose payload holds `text`, and notes them as dropped for the reason "erased".
  Status erase(const std::string& text, Erased& erased);
  Result<std::vector<Dropped>> unreported_drops();
  Status forget_drops(std::int64_t through);
  Result<OutboxStatus> status();
  // Reads every row.
  Result<OutboxCheck> check();

 private:
  struct StoredDraft {
    std::int64_t id = 0;
    Draft draft;
    bool sound = true;
  };
  // Columns id, epoch, sequence, type, payload, recorded_ms, ledger, checksum, passed.
  static OutboxRow row_of(const Query& query);
  static bool is_sound(const Query& query, const OutboxEvent& event);
  // Takes the payload out of a damaged event, which has told the name where that is what was altered.
  static void strip(OutboxEvent& event, const Query& query);
  static Dropped lost_event(const std::string& epoch, std::uint64_t sequence, const std::string& type);

  Status load_newest();
  WriteStatus enter_epoch(const std::string& epoch, std::uint64_t sequence, std::int64_t started_ms);
  WriteStatus insert(const OutboxEvent& event);
  Result<std::vector<StoredDraft>> drafts();
  Result<std::optional<OutboxRow>> row(std::int64_t id);
  Status add_dead_letter(const OutboxRow& row, int reason_code, const std::string& why);
  Result<std::optional<Dropped>> move_to_dead_letters(const OutboxRow& row, int reason_code, const std::string& why,
                                                      std::optional<Dropped> dropped);
  Status count_dead_letters(std::uint64_t& refused, std::uint64_t& damaged);
  Status check_rows(OutboxCheck& check);
  Status mark_epoch();
  Status check_totals(OutboxCheck& check);
  Status remove_row(std::int64_t id);
  void subtract(std::uint64_t rows, std::uint64_t bytes);
  struct Excess;
  Result<std::set<std::string>> known_epochs();
  Status drop_class(bool ledger, std::int64_t before_ms, const IdRanges& keep, Excess& excess);
  Status note(Dropped& dropped);

  Connection& db_;
  OutboxHead head_;
};

}  // namespace aisle::store
