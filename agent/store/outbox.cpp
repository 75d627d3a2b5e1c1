#include "agent/store/outbox.hpp"

#include <algorithm>
#include <utility>

#include "agent/store/checksum.hpp"

namespace aisle::store {
namespace {

WriteStatus checked(const Connection& connection, const Status& status) {
  if (status) return {};
  return tl::unexpected<WriteFailure>(WriteFailure{status.error(), is_refusal(connection.last_code())});
}

bool draft_is_sound(const Query& query, const Draft& draft) {
  return query.null(8) || query.unsigned_integer(8) == checksum(draft);
}

}  // namespace

OutboxRow Outbox::row_of(const Query& query) {
  OutboxRow row;
  row.id = query.integer(0);
  row.event.epoch = query.text(1);
  row.event.sequence = query.unsigned_integer(2);
  row.event.type = query.text(3);
  row.event.payload = query.text(4);
  row.event.recorded_ms = query.integer(5);
  row.event.ledger = query.integer(6) != 0;
  row.damaged = !is_sound(query, row.event);
  if (row.damaged) strip(row.event, query);
  return row;
}

bool Outbox::is_sound(const Query& query, const OutboxEvent& event) {
  return query.null(7) || query.unsigned_integer(7) == checksum(event, query.unsigned_integer(8));
}

Status Outbox::load() {
  auto epoch = db_.query("outbox.last_epoch");
  auto found = epoch.next();
  if (!found) return tl::unexpected(found.error());
  if (*found) {
    head_.epoch = epoch.text(0);
    head_.last_sequence = epoch.unsigned_integer(1);
    head_.last_id = epoch.integer(2);
  }
  if (auto read = load_newest(); !read) return read;
  auto draft = db_.query("drafts.last_sequence");
  found = draft.bind(head_.epoch).next();
  if (!found) return tl::unexpected(found.error());
  if (*found) head_.last_sequence = std::max(head_.last_sequence, draft.unsigned_integer(0));
  auto totals = db_.query("outbox.totals");
  found = totals.next();
  if (!found) return tl::unexpected(found.error());
  head_.rows = totals.unsigned_integer(0);
  head_.bytes = totals.unsigned_integer(1);
  return {};
}

Status Outbox::load_newest() {
  auto query = db_.query("outbox.newest");
  const auto found = query.next();
  if (!found) return tl::unexpected(found.error());
  if (!*found) return {};
  const OutboxRow row = row_of(query);
  const OutboxEvent& event = row.event;
  const std::int64_t id = row.id;
  head_.last_id = std::max(head_.last_id, id);
  if (event.epoch == head_.epoch) head_.last_sequence = std::max(head_.last_sequence, event.sequence);
  if (const std::int64_t passed = query.integer(8); !row.damaged && passed > 0) head_.passed = id - passed;
  return {};
}

Result<bool> Outbox::is_behind(const HighWater& mark) {
  if (mark.epoch == head_.epoch) return mark.sequence > head_.last_sequence;
  auto query = db_.query("outbox.knows_epoch");
  const auto known = query.bind(mark.epoch).next();
  if (!known) return tl::unexpected(known.error());
  // One that is known was followed by others; so was one that is forgotten, and by higher ids.
  return !*known && mark.last_id >= head_.last_id;
}

Status Outbox::lose_through(const HighWater& mark) {
  std::uint64_t first = head_.last_sequence + 1;
  if (mark.epoch != head_.epoch) {
    first = 1;
    auto begun = db_.query("outbox.begin_epoch").bind(mark.epoch).bind(std::int64_t{0}).bind(mark.last_id).run();
    if (!begun) return begun;
    if (auto forgotten = db_.query("outbox.forget_old_epochs").run(); !forgotten) return forgotten;
    head_.epoch = mark.epoch;
  }
  head_.last_sequence = mark.sequence;
  head_.last_id = std::max(head_.last_id, mark.last_id);
  if (auto marked = mark_epoch(); !marked) return marked;
  Dropped lost{mark.epoch, "lost", {{first, mark.sequence}}, {{"event.unknown", mark.sequence + 1 - first}}};
  return note(lost);
}

WriteStatus Outbox::enter_epoch(const std::string& epoch, std::uint64_t sequence, std::int64_t started_ms) {
  if (epoch == head_.epoch) {
    if (sequence > head_.last_sequence) return {};
    return tl::unexpected<WriteFailure>(
        WriteFailure{Error(fmt::format("event {}-{} does not follow {}, the last committed one of its epoch", epoch,
                                       sequence, head_.last_sequence)),
                     true});
  }
  auto begun = checked(db_, db_.query("outbox.begin_epoch").bind(epoch).bind(started_ms).bind(head_.last_id).run());
  if (!begun) return begun;
  head_.epoch = epoch;
  if (auto told = checked(db_, db_.query("leases.told").run()); !told) return told;  // it begins with epoch.started
  return checked(db_, db_.query("outbox.forget_old_epochs").run());
}

WriteStatus Outbox::append(const OutboxEvent& event) {
  if (auto entered = enter_epoch(event.epoch, event.sequence, event.recorded_ms); !entered) return entered;
  if (auto inserted = insert(event); !inserted) return inserted;
  head_.last_sequence = event.sequence;
  return {};
}

WriteStatus Outbox::insert(const OutboxEvent& event) {
  const auto bytes = static_cast<std::uint64_t>(event.payload.size());
  const std::int64_t id = head_.last_id + 1;
  const std::uint64_t passed = head_.passed > 0 ? static_cast<std::uint64_t>(id - head_.passed) : 0;
  auto query = db_.query("outbox.append");
  query.bind(id).bind(event.epoch).bind(event.sequence).bind(event.type);
  query.bind(event.recorded_ms).bind(event.ledger).bind(bytes).bind(event.payload);
  query.bind(checksum(event, passed)).bind(passed);
  if (auto added = checked(db_, query.run()); !added) return added;
  ++head_.last_id;
  ++head_.rows;
  head_.bytes += bytes;
  return {};
}

WriteStatus Outbox::append_draft(const Draft& draft) {
  if (auto entered = enter_epoch(draft.epoch, draft.sequence, draft.boot_us / 1000); !entered) return entered;
  auto query = db_.query("drafts.append");
  query.bind(draft.epoch).bind(draft.sequence).bind(draft.type).bind(draft.ledger);
  query.bind(draft.boot).bind(draft.boot_us).bind(draft.body).bind(checksum(draft));
  if (auto added = checked(db_, query.run()); !added) return added;
  head_.last_sequence = draft.sequence;
  return {};
}

Result<std::vector<Outbox::StoredDraft>> Outbox::drafts() {
  std::vector<StoredDraft> all;
  auto query = db_.query("drafts.all");
  for (;;) {
    const auto found = query.next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return all;
    Draft draft{query.text(1), query.unsigned_integer(2), query.text(3), query.integer(4) != 0,
                query.text(5), query.integer(6),          query.text(7)};
    const bool sound = draft_is_sound(query, draft);
    all.push_back({query.integer(0), std::move(draft), sound});
  }
}

Result<std::vector<OutboxEvent>> Outbox::settle_drafts(const SettleDraft& settle, std::vector<Dropped>& lost) {
  std::vector<OutboxEvent> events;
  const auto waiting = drafts();
  if (!waiting) return tl::unexpected(waiting.error());
  for (const auto& [id, draft, sound] : *waiting) {
    if (!sound) {
      lost.push_back(lost_event(draft.epoch, draft.sequence, draft.type));
      if (auto noted = note(lost.back()); !noted) return tl::unexpected(noted.error());
    } else {
      auto event = settle(draft);
      if (!event) continue;
      if (auto inserted = insert(*event); !inserted) return tl::unexpected(inserted.error().error);
      events.push_back(std::move(*event));
    }
    if (auto deleted = db_.query("drafts.delete").bind(id).run(); !deleted) return tl::unexpected(deleted.error());
  }
  if (events.empty() && lost.empty()) return events;
  if (auto marked = mark_epoch(); !marked) return tl::unexpected(marked.error());
  return events;
}

Result<std::uint64_t> Outbox::draft_count() {
  auto query = db_.query("drafts.count");
  const auto found = query.next();
  if (!found) return tl::unexpected(found.error());
  return query.unsigned_integer(0);
}

// Before rows go: the newest ones would no longer tell how far epoch and id have come.
Status Outbox::mark_epoch() {
  return db_.query("outbox.mark_epoch").bind(head_.last_sequence).bind(head_.last_id).bind(head_.epoch).run();
}

void Outbox::subtract(std::uint64_t rows, std::uint64_t bytes) {
  head_.rows -= std::min(rows, head_.rows);
  head_.bytes -= std::min(bytes, head_.bytes);
}

Result<std::vector<OutboxRow>> Outbox::read(std::int64_t after, std::size_t limit, std::size_t max_bytes) {
  std::vector<OutboxRow> rows;
  std::size_t bytes = 0;
  auto query = db_.query("outbox.read");
  query.bind(after).bind(static_cast<std::uint64_t>(limit));
  while (bytes < max_bytes) {
    const auto found = query.next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) break;
    rows.push_back(row_of(query));
    bytes += rows.back().event.payload.size();
  }
  return rows;
}

Status Outbox::know_acknowledged(const IdRanges& waiting) {
  auto query = db_.query("outbox.oldest_id");
  const auto found = query.next();
  if (!found) return tl::unexpected(found.error());
  if (!*found) return {};
  const std::int64_t oldest = query.integer(0);
  const std::int64_t through = waiting.through(oldest);
  if (through >= oldest) head_.passed = std::max(head_.passed, through);
  return {};
}

Status Outbox::remove(const IdRanges& ids) {
  bool marked = false;
  for (const auto& [first, last] : ids.ranges()) {
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
    {
      auto totals = db_.query("outbox.totals_of_range");
      const auto found = totals.bind(first).bind(last).next();
      if (!found) return tl::unexpected(found.error());
      rows = totals.unsigned_integer(0);
      bytes = totals.unsigned_integer(1);
    }
    if (rows == 0) continue;
    if (!std::exchange(marked, true)) {
      if (auto epoch = mark_epoch(); !epoch) return epoch;
    }
    if (auto deleted = db_.query("outbox.delete_range").bind(first).bind(last).run(); !deleted) return deleted;
    subtract(rows, bytes);
  }
  return {};
}

Status Outbox::remove_row(std::int64_t id) {
  std::uint64_t bytes = 0;
  {
    auto query = db_.query("outbox.row_bytes");
    const auto found = query.bind(id).next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return {};
    bytes = query.unsigned_integer(0);
  }
  if (auto deleted = db_.query("outbox.delete_row").bind(id).run(); !deleted) return deleted;
  subtract(1, bytes);
  return {};
}

Status Outbox::forget_drops(std::int64_t through) {
  return db_.query("outbox.forget_drops").bind(through).run();
}

Result<OutboxStatus> Outbox::status() {
  OutboxStatus status;
  const auto drafts = draft_count();
  if (!drafts) return tl::unexpected(drafts.error());
  status.drafts = *drafts;
  status.rows = head_.rows;
  status.bytes = head_.bytes;
  if (auto counted = count_dead_letters(status.dead_letters, status.damaged); !counted)
    return tl::unexpected(counted.error());
  auto oldest = db_.query("outbox.oldest");
  auto found = oldest.next();
  if (!found) return tl::unexpected(found.error());
  if (!*found) return status;
  status.oldest_id = oldest.integer(0);
  status.oldest_recorded_ms = oldest.integer(1);
  auto newest = db_.query("outbox.newest");
  found = newest.next();
  if (!found) return tl::unexpected(found.error());
  status.newest_id = newest.integer(0);
  auto epochs = db_.query("outbox.rows_by_epoch");
  for (;;) {
    found = epochs.next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return status;
    status.rows_by_epoch[epochs.text(0)] = epochs.unsigned_integer(1);
  }
}

}  // namespace aisle::store
