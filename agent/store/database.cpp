#include "agent/store/database.hpp"

#include <algorithm>
#include <utility>

#include "agent/store/eraser.hpp"
#include "agent/store/schema.hpp"

namespace aisle::store {
namespace {

constexpr std::size_t kSweepRows = 500;  // what waits behind it waits some milliseconds
constexpr std::size_t kDropKeys = 1000;
constexpr std::int64_t kSpare = 256;      // pages that stay free: what comes next needs them
constexpr std::uint64_t kRowBytes = 200;  // of what a row has beside its text

std::uint64_t bytes_of(const DatasetChange& change) {
  std::uint64_t bytes = change.key_upserts.size() * kRowBytes;
  for (const auto& record : change.record_upserts) bytes += record.body.size() + kRowBytes;
  return bytes;
}

std::uint64_t bytes_of(const Batch& batch) {
  std::uint64_t bytes = kRowBytes * (batch.decisions.size() + batch.visits.size() + batch.lease_spends.size() + 1);
  for (const auto& event : batch.events) bytes += event.payload.size() + kRowBytes;
  for (const auto& draft : batch.drafts) bytes += draft.body.size() + kRowBytes;
  if (batch.command) bytes += batch.command->reply.size() + kRowBytes;
  return batch.change ? bytes + bytes_of(*batch.change) : bytes;
}

}  // namespace

Room::FreeBytes Database::free_bytes_of(const StoreOptions& options) {
  if (options.free_bytes) return options.free_bytes;
  if (!options.vfs.empty()) return [] { return std::nullopt; };
  return [path = options.path] { return free_bytes_beside(path); };
}

void Chores::put_back(Chores older) {
  older.dead_letters.insert(older.dead_letters.end(), dead_letters.begin(), dead_letters.end());
  dead_letters = std::move(older.dead_letters);
  damaged.insert(damaged.end(), older.damaged.begin(), older.damaged.end());
  acknowledged.add(older.acknowledged);
  if (!prune) prune = older.prune;
  commands_before = std::max(commands_before, older.commands_before);
  compact = compact || older.compact;
}

Result<std::unique_ptr<Database>> Database::open(const StoreOptions& options) {
  auto opened = open_database(options);
  if (!opened) return tl::unexpected(opened.error());
  const auto quarantined = opened->quarantined;
  const bool sealed_now = opened->sealed_now;
  std::unique_ptr<Database> database(new Database(std::move(*opened), options));
  database->loaded_.quarantined = quarantined;
  database->loaded_.sealed_now = sealed_now;
  if (auto loaded = database->load(); !loaded) return tl::unexpected(loaded.error().within("cannot load the store"));
  return database;
}

// The log would be removed with old versions of pages in it.
Database::~Database() {
  if (cipher_) empty_log();
}

Result<Transaction> Database::begin() {
  datasets_.forget_wrappers();
  return Transaction::begin(connection_);
}

void Database::empty_log() {
  log_to_empty_ = !connection_.truncate_log();
}

Status Database::load() {
  if (auto read = outbox_.load(); !read) return read;
  if (auto noticed = notice_loss(); !noticed) return noticed;
  drop_acknowledged();
  high_water_.write(outbox_.high_water());
  const OutboxHead& head = outbox_.head();
  if (!head.epoch.empty()) loaded_.previous_epoch = EpochInfo{head.epoch, head.last_sequence};
  loaded_.outbox_rows = head.rows;
  loaded_.outbox_last_id = head.last_id;
  auto datasets = datasets_.states();
  if (!datasets) return tl::unexpected(datasets.error());
  loaded_.datasets = std::move(*datasets);
  auto staging = datasets_.staging();
  if (!staging) return tl::unexpected(staging.error());
  loaded_.staging = std::move(*staging);
  auto decisions = ledger_.decisions();
  if (!decisions) return tl::unexpected(decisions.error());
  loaded_.decisions = std::move(*decisions);
  auto visits = ledger_.visits();
  if (!visits) return tl::unexpected(visits.error());
  loaded_.visits = std::move(*visits);
  if (auto leases = load_leases(); !leases) return leases;
  const auto drafts = outbox_.draft_count();
  if (!drafts) return tl::unexpected(drafts.error());
  loaded_.drafts = *drafts;
  auto newest = connection_.query("drafts.newest_time");
  if (const auto found = newest.next(); !found) return tl::unexpected(found.error());
  loaded_.newest_ms = newest.integer(0);
  auto drops = outbox_.unreported_drops();
  if (!drops) return tl::unexpected(drops.error());
  loaded_.unreported_drops = std::move(*drops);
  return {};
}

Status Database::notice_loss() {
  const auto mark = high_water_.read();
  Result<bool> behind = false;
  if (mark) behind = outbox_.is_behind(*mark);
  if (!behind) return tl::unexpected(behind.error());
  if (*behind || loaded_.quarantined) {
    auto transaction = begin();
    if (!transaction) return tl::unexpected(transaction.error());
    if (*behind) {
      if (auto lost = outbox_.lose_through(*mark); !lost) return lost;
    }
    for (const char* statement :
         {"leases.lose", "leases.forget_records", "leases.forget_state", "leases.forget_staging", "leases.untold"}) {
      if (auto done = connection_.query(statement).run(); !done) return done;
    }
    if (auto committed = transaction->commit(); !committed) return committed;
  }
  auto untold = connection_.query("leases.is_untold");
  const auto found = untold.next();
  if (!found) return tl::unexpected(found.error());
  loaded_.database_lost = *found;
  return {};
}

void Database::drop_acknowledged() {
  const OutboxHead before = outbox_.head();
  if (before.passed == 0) return;
  auto transaction = Transaction::begin(connection_);
  if (!transaction) return;
  IdRanges passed;
  passed.add(IdRange{1, before.passed});
  if (!outbox_.remove(passed) || !transaction->commit()) outbox_.restore(before);
}

Status Database::load_leases() {
  auto spends = ledger_.lease_spends();
  if (!spends) return tl::unexpected(spends.error());
  loaded_.lease_spends = std::move(*spends);
  auto fences = datasets_.lease_fences();
  if (!fences) return tl::unexpected(fences.error());
  loaded_.lease_fences = std::move(*fences);
  auto lost = connection_.query("leases.lost");
  const auto found = lost.next();
  if (!found) return tl::unexpected(found.error());
  loaded_.leases_lost = *found;
  return {};
}

WriteStatus Database::checked(const Status& status) const {
  if (status) return {};
  return tl::unexpected<WriteFailure>(WriteFailure{status.error(), is_refusal(connection_.last_code())});
}

Status Database::compact() {
  constexpr std::uint64_t kFewRows = 1000;
  constexpr std::int64_t kAtOnce = 1000;
  if (outbox_.head().rows > kFewRows) return {};
  const auto free = connection_.integer("PRAGMA freelist_count");
  if (!free) return tl::unexpected(free.error());
  if (*free <= kSpare) return {};
  return connection_.execute("incremental vacuum",
                             fmt::format("PRAGMA incremental_vacuum({})", std::min(*free - kSpare, kAtOnce)));
}

// A file gets shorter only when the log is copied into it, which is far off once little is written. For fewer pages it
// can wait.
void Database::shorten_file() {
  const auto unit = connection_.integer("PRAGMA page_size");
  const auto pages = connection_.integer("PRAGMA page_count");
  if (!unit || !pages) return;
  if (connection_.file_sizes().database >= static_cast<std::uint64_t>((*pages + kSpare) * *unit)) reuse_log();
}

Status Database::do_chores(const Chores& chores, std::vector<Dropped>& refused) {
  for (const auto& letter : chores.dead_letters) {
    auto moved = outbox_.dead_letter(letter.id, letter.reason_code, letter.why);
    if (!moved) return tl::unexpected(moved.error());
    if (*moved) refused.push_back(std::move(**moved));
  }
  for (const std::int64_t id : chores.damaged) {
    auto moved = outbox_.set_aside(id);
    if (!moved) return tl::unexpected(moved.error());
    if (*moved) refused.push_back(std::move(**moved));
  }
  if (!chores.dead_letters.empty() || !chores.damaged.empty()) {
    if (auto trimmed = outbox_.trim_dead_letters(); !trimmed) return trimmed;
  }
  if (auto deleted = outbox_.remove(chores.acknowledged); !deleted) return deleted;
  if (chores.commands_before > 0) {
    if (auto forgotten = commands_.forget_before(chores.commands_before); !forgotten) return forgotten;
  }
  if (chores.compact) {
    if (auto compacted = compact(); !compacted) return compacted;
  }
  if (!chores.prune) return {};
  return ledger_.prune(chores.prune->decisions_before_us, chores.prune->visits_before_day);
}

WriteStatus Database::write_rows(const Batch& batch) {
  for (const OutboxEvent& event : batch.events) {
    if (auto added = outbox_.append(event); !added) return added;
  }
  for (const std::string& customer : batch.forget_customers) {
    if (auto forgotten = checked(ledger_.forget(customer)); !forgotten) return forgotten;
  }
  for (const DecisionRow& decision : batch.decisions) {
    if (auto added = checked(ledger_.add(decision)); !added) return added;
  }
  for (const VisitNumberRow& visit : batch.visits) {
    if (auto put = checked(ledger_.put(visit)); !put) return put;
  }
  for (const LeaseSpendRow& spend : batch.lease_spends) {
    if (auto added = checked(ledger_.add(spend)); !added) return added;
  }
  for (const Draft& draft : batch.drafts) {
    if (auto added = outbox_.append_draft(draft); !added) return added;
  }
  if (batch.command) {
    if (auto put = checked(commands_.put(*batch.command)); !put) return put;
  }
  if (batch.drops_reported > 0) return checked(outbox_.forget_drops(batch.drops_reported));
  return {};
}

tl::expected<Committed, WriteFailure> Database::write_erasure(const Batch& batch) {
  auto erased = Eraser(connection_, outbox_, datasets_, ledger_).erase(batch.erasure->customer);
  if (!erased) return tl::unexpected<WriteFailure>(WriteFailure{erased.error(), is_refusal(connection_.last_code())});
  Batch full = batch;
  full.erasure.reset();
  batch.erasure->complete(*erased, full);
  auto committed = write(full);
  if (!committed) return committed;
  committed->erased = std::move(*erased);
  committed->completed = std::move(full.events);
  return committed;
}

tl::expected<Committed, WriteFailure> Database::write(const Batch& batch) {
  if (batch.erasure) return write_erasure(batch);
  Committed committed;
  committed.first_id = outbox_.head().last_id + 1;
  if (batch.settle) {
    auto settled = outbox_.settle_drafts(batch.settle, committed.lost);
    if (!settled)
      return tl::unexpected<WriteFailure>(WriteFailure{settled.error(), is_refusal(connection_.last_code())});
    committed.completed = std::move(*settled);
  }
  if (auto written = write_rows(batch); !written) return tl::unexpected<WriteFailure>(written.error());
  if (!batch.change) return committed;
  auto state = datasets_.apply(*batch.change);
  if (!state) {
    return tl::unexpected<WriteFailure>(WriteFailure{state.error(), is_refusal(connection_.last_code())});
  }
  committed.dataset = std::move(*state);
  return committed;
}

tl::expected<std::vector<Committed>, GroupFailure> Database::commit(const Chores& chores,
                                                                    std::span<const Batch* const> batches) {
  const OutboxHead before = outbox_.head();
  const auto failed = [&](const Error& error, bool refused, std::size_t batch) {
    outbox_.restore(before);
    return tl::unexpected<GroupFailure>(GroupFailure{error, refused, batch});
  };
  std::vector<Committed> results;
  auto transaction = begin();
  if (!transaction) return failed(transaction.error(), false, 0);
  std::vector<Dropped> refused;
  if (auto done = do_chores(chores, refused); !done) return failed(done.error(), false, 0);
  if (!batches.empty()) {
    if (auto known = outbox_.know_acknowledged(chores.waiting); !known) return failed(known.error(), false, 0);
  }
  for (std::size_t i = 0; i < batches.size(); ++i) {
    auto written = write(*batches[i]);
    if (!written) return failed(written.error().error, written.error().refused, i);
    results.push_back(std::move(*written));
  }
  if (auto committed = transaction->commit(); !committed) return failed(committed.error(), false, 0);
  high_water_.write(outbox_.high_water());
  refused_.insert(refused_.end(), refused.begin(), refused.end());
  for (const Committed& result : results) {
    refused_.insert(refused_.end(), result.lost.begin(), result.lost.end());
    if (result.erased) refused_.insert(refused_.end(), result.erased->dropped.begin(), result.erased->dropped.end());
  }
  const bool erased = std::ranges::any_of(
      batches, [](const Batch* batch) { return !batch->forget_customers.empty() || batch->erasure.has_value(); });
  if (erased || log_to_empty_) empty_log();
  if (chores.compact) shorten_file();
  return results;
}

Result<std::vector<Dropped>> Database::enforce_bounds(const OutboxBounds& bounds, const IdRanges& keep) {
  const auto exceeded = outbox_.exceeds(bounds);
  if (!exceeded) return tl::unexpected(exceeded.error());
  if (!*exceeded) return std::exchange(refused_, {});
  const OutboxHead before = outbox_.head();
  auto transaction = begin();
  if (!transaction) return tl::unexpected(transaction.error());
  auto dropped = outbox_.enforce_bounds(bounds, keep);
  Status committed = dropped ? transaction->commit() : Status(tl::unexpected(dropped.error()));
  if (!committed) {
    outbox_.restore(before);
    return tl::unexpected(committed.error());
  }
  dropped->insert(dropped->begin(), refused_.begin(), refused_.end());  // noted before: their ids are lower
  refused_.clear();
  return dropped;
}

Result<std::uint64_t> Database::retry_dead_letters(const DeadLetterChoice& choice) {
  const OutboxHead before = outbox_.head();
  auto transaction = begin();
  if (!transaction) return tl::unexpected(transaction.error());
  auto revived = outbox_.retry_dead_letters(choice);
  Status committed = revived ? transaction->commit() : Status(tl::unexpected(revived.error()));
  if (!committed) {
    outbox_.restore(before);
    return tl::unexpected(committed.error());
  }
  return revived;
}

Status Database::check_room(std::span<const Batch* const> batches) {
  std::uint64_t bytes = 0;
  for (const Batch* batch : batches) bytes += bytes_of(*batch);
  return batches.empty() ? Status() : room_.check(bytes);
}

Result<bool> Database::stage(const StagedPage& page) {
  if (auto room = room_.check(bytes_of(page.change)); !room) return tl::unexpected(room.error());
  auto transaction = begin();
  if (!transaction) return tl::unexpected(transaction.error());
  if (auto staged = datasets_.stage(page); !staged) return tl::unexpected(staged.error());
  if (auto committed = transaction->commit(); !committed) return tl::unexpected(committed.error());
  return true;
}

Result<bool> Database::in_transaction(const std::function<Result<bool>()>& work) {
  auto transaction = begin();
  if (!transaction) return tl::unexpected(transaction.error());
  auto result = work();
  if (!result) return result;
  if (auto committed = transaction->commit(); !committed) return tl::unexpected(committed.error());
  return result;
}

Result<bool> Database::discard_staged(Dataset dataset) {
  return in_transaction([&] { return datasets_.discard_staged(dataset, kSweepRows); });
}

Result<bool> Database::sweep() {
  return in_transaction([&] { return datasets_.sweep(kSweepRows); });
}

// Keys first: a key without its wrapper cannot be read. When the last are gone their wrappers go, and with them the
// log.
Result<bool> Database::drop_keys_before(std::int32_t day) {
  auto more = in_transaction([&] { return datasets_.drop_keys_before(day, kDropKeys); });
  if (!more || *more) return more;
  auto wrappers = in_transaction([&] { return datasets_.drop_wrappers_before(day); });
  if (!wrappers) return wrappers;
  if (*wrappers) empty_log();
  return false;
}

void Database::reuse_log() {
  static_cast<void>(connection_.restart_log());
}

}  // namespace aisle::store
