// Enforcing the outbox's bounds: which rows go, and the account of them.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "agent/store/outbox.hpp"

namespace aisle::store {

// How much must go, and what went so far.
struct Outbox::Excess {
  std::uint64_t rows = 0, bytes = 0;
  struct Epoch {
    std::vector<std::uint64_t> sequences;
    std::map<std::string, std::uint64_t> by_type;
  };
  std::map<std::string, Epoch> epochs;

  [[nodiscard]] bool none() const { return rows == 0 && bytes == 0; }
  void take(std::uint64_t row_bytes) {
    rows -= std::min<std::uint64_t>(rows, 1);
    bytes -= std::min(bytes, row_bytes);
  }
};

namespace {

std::vector<std::pair<std::uint64_t, std::uint64_t>> to_ranges(std::vector<std::uint64_t> sequences) {
  std::ranges::sort(sequences);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  for (const std::uint64_t sequence : sequences) {
    if (!ranges.empty() && ranges.back().second + 1 >= sequence) {
      ranges.back().second = sequence;
    } else {
      ranges.emplace_back(sequence, sequence);
    }
  }
  return ranges;
}

std::string to_body(const Dropped& dropped) {
  nlohmann::json body = {{"ranges", dropped.ranges}, {"by_type", dropped.by_type}, {"reason", dropped.reason}};
  // Types are ours, but a byte that is no UTF-8 must not throw.
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<Dropped> from_body(const std::string& body) {
  try {
    const auto json = nlohmann::json::parse(body);
    Dropped dropped;
    json.at("ranges").get_to(dropped.ranges);
    json.at("by_type").get_to(dropped.by_type);
    dropped.reason = json.value("reason", dropped.reason);
    return dropped;
  } catch (const nlohmann::json::exception& error) {
    return fail("table drops: {}", error.what());
  }
}

}  // namespace

// The newest, as many as the table holds.
Result<std::set<std::string>> Outbox::known_epochs() {
  std::set<std::string> known;
  auto query = db_.query("outbox.epochs");
  for (;;) {
    const auto found = query.next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return known;
    known.insert(query.text(0));
  }
}

// Oldest first, one class. What is picked is a prefix of the class without what is kept or spared, so that a few range
// statements delete it. Those recorded before `before_ms` go in any case: up to the first that was not.
Status Outbox::drop_class(bool ledger, std::int64_t before_ms, const IdRanges& keep, Excess& excess) {
  std::int64_t first_id = 0;
  std::int64_t last_id = -1;
  const IdRanges free = keep.gaps(IdRange{0, head_.last_id});
  if (free.empty()) return {};
  const auto known = known_epochs();
  if (!known) return tl::unexpected(known.error());
  IdRanges staying = keep;
  {
    auto query = db_.query("outbox.droppable");
    query.bind(ledger);
    for (;;) {
      const auto found = query.next();
      if (!found) return tl::unexpected(found.error());
      if (!*found) break;
      const bool old = query.integer(5) < before_ms;
      if (!old && excess.none()) break;
      const std::int64_t id = query.integer(0);
      if (id > free.ranges().rbegin()->second) break;
      if (keep.contains(id)) continue;
      if (!old && query.text(3) == "epoch.started" && known->contains(query.text(1))) {
        staying.add(id);
        continue;
      }
      const std::uint64_t row_bytes = query.unsigned_integer(4);
      auto& epoch = excess.epochs[query.text(1)];
      epoch.sequences.push_back(query.unsigned_integer(2));
      ++epoch.by_type[query.text(3)];
      if (last_id < 0) first_id = id;
      last_id = id;
      excess.take(row_bytes);
      subtract(1, row_bytes);
    }
  }
  const IdRanges going = staying.gaps(IdRange{first_id, last_id});
  for (const auto& [first, last] : going.ranges()) {
    if (auto dropped = db_.query("outbox.drop_range").bind(first).bind(last).bind(ledger).run(); !dropped)
      return dropped;
  }
  return {};
}

Status Outbox::note(Dropped& dropped) {
  const std::string body = to_body(dropped);
  auto query = db_.query("outbox.note_drop");
  const auto row = query.bind(dropped.epoch).bind(body).next();
  if (!row) return tl::unexpected(row.error());
  dropped.id = query.integer(0);
  return query.run();
}

Result<bool> Outbox::exceeds(const OutboxBounds& bounds) {
  if (head_.rows > bounds.rows || head_.bytes > bounds.bytes) return true;
  for (const bool ledger : {false, true}) {
    const std::int64_t before_ms = ledger ? bounds.ledger_before_ms : bounds.presence_before_ms;
    if (before_ms == 0 || head_.rows == 0) continue;
    auto query = db_.query("outbox.droppable");
    const auto found = query.bind(ledger).next();
    if (!found) return tl::unexpected(found.error());
    if (*found && query.integer(5) < before_ms) return true;
  }
  return false;
}

Result<std::vector<Dropped>> Outbox::enforce_bounds(const OutboxBounds& bounds, const IdRanges& keep) {
  Excess excess;
  if (head_.rows > bounds.rows) excess.rows = head_.rows - bounds.rows;
  if (head_.bytes > bounds.bytes) excess.bytes = head_.bytes - bounds.bytes;
  std::vector<Dropped> all;
  if (auto marked = mark_epoch(); !marked) return tl::unexpected(marked.error());
  for (const bool ledger : {false, true}) {
    const std::int64_t before_ms = ledger ? bounds.ledger_before_ms : bounds.presence_before_ms;
    if (auto dropped = drop_class(ledger, before_ms, keep, excess); !dropped) return tl::unexpected(dropped.error());
  }
  for (auto& entry : excess.epochs) {
    Dropped dropped;
    dropped.epoch = entry.first;
    dropped.ranges = to_ranges(std::move(entry.second.sequences));
    dropped.by_type = std::move(entry.second.by_type);
    if (auto noted = note(dropped); !noted) return tl::unexpected(noted.error());
    all.push_back(std::move(dropped));
  }
  return all;
}

Status Outbox::erase(const std::string& text, Erased& erased) {
  std::map<std::string, Excess::Epoch> epochs;
  const auto find = [&](std::string_view statement, std::vector<std::int64_t>& ids) -> Status {
    auto query = db_.query(statement);
    query.bind(text);
    for (;;) {
      const auto found = query.next();
      if (!found) return tl::unexpected(found.error());
      if (!*found) return {};
      auto& epoch = epochs[query.text(1)];
      epoch.sequences.push_back(query.unsigned_integer(2));
      ++epoch.by_type[query.text(3)];
      ids.push_back(query.integer(0));
    }
  };
  std::vector<std::int64_t> drafts;
  if (auto found = find("erase.outbox", erased.outbox_ids); !found) return found;
  if (auto found = find("erase.drafts", drafts); !found) return found;
  if (auto letters = db_.query("erase.dead_letters").bind(text).run(); !letters) return letters;
  erased.dead_letters = static_cast<std::uint64_t>(db_.changes());
  erased.outbox = erased.outbox_ids.size() + drafts.size();
  if (epochs.empty()) return {};
  if (auto marked = mark_epoch(); !marked) return marked;
  for (const std::int64_t id : erased.outbox_ids) {
    if (auto removed = remove_row(id); !removed) return removed;
  }
  for (const std::int64_t id : drafts) {
    if (auto removed = db_.query("drafts.delete").bind(id).run(); !removed) return removed;
  }
  for (auto& entry : epochs) {
    Dropped dropped;
    dropped.epoch = entry.first;
    dropped.ranges = to_ranges(std::move(entry.second.sequences));
    dropped.by_type = std::move(entry.second.by_type);
    dropped.reason = "erased";
    if (auto noted = note(dropped); !noted) return noted;
    erased.dropped.push_back(std::move(dropped));
  }
  return {};
}

Result<std::vector<Dropped>> Outbox::unreported_drops() {
  std::vector<Dropped> all;
  auto query = db_.query("outbox.drops");
  for (;;) {
    const auto found = query.next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return all;
    auto dropped = from_body(query.text(2));
    if (!dropped) return tl::unexpected(dropped.error());
    dropped->id = query.integer(0);
    dropped->epoch = query.text(1);
    all.push_back(std::move(*dropped));
  }
}

}  // namespace aisle::store
