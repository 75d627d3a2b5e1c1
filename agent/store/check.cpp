// What can be said of the outbox by looking at all of it.
#include <utility>

#include "agent/store/outbox.hpp"

namespace aisle::store {
namespace {

template <class Tell>
Status each_row(Query query, Tell tell) {
  for (;;) {
    const auto found = query.next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return {};
    tell(query);
  }
}

}  // namespace

Status Outbox::check_totals(OutboxCheck& check) {
  auto totals = db_.query("check.totals");
  if (const auto found = totals.next(); !found) return tl::unexpected(found.error());
  check.rows = totals.unsigned_integer(0);
  check.bytes = totals.unsigned_integer(1);
  if (check.bytes != totals.unsigned_integer(2))
    check.problems.push_back(
        fmt::format("the rows say {} bytes, their payloads have {}", check.bytes, totals.unsigned_integer(2)));
  if (check.rows != head_.rows || check.bytes != head_.bytes)
    check.problems.push_back(fmt::format("{} rows of {} bytes are counted, {} of {} are there", head_.rows, head_.bytes,
                                         check.rows, check.bytes));
  if (totals.integer(3) > head_.last_id)
    check.problems.push_back(fmt::format("row {} is beyond the last id given, {}", totals.integer(3), head_.last_id));
  return {};
}

// Checksums of all that is there, and the names of what was set aside.
Status Outbox::check_rows(OutboxCheck& check) {
  const auto damaged = [&](const char* what, const std::string& epoch, std::uint64_t sequence) {
    check.problems.push_back(fmt::format("{} {}-{} is damaged: its checksum is wrong", what, epoch, sequence));
  };
  auto query = db_.query("outbox.read");
  query.bind(std::int64_t{0}).bind(std::int64_t{-1});  // all
  auto rows = each_row(std::move(query), [&](const Query& row) {
    const OutboxRow found = row_of(row);
    if (found.damaged) damaged("the event", found.event.epoch, found.event.sequence);
  });
  if (!rows) return rows;
  const auto waiting = drafts();
  if (!waiting) return tl::unexpected(waiting.error());
  for (const auto& [id, draft, sound] : *waiting) {
    if (!sound) damaged("the draft", draft.epoch, draft.sequence);
  }
  const auto letters = read_dead_letters(0, kAllDeadLetters);
  if (!letters) return tl::unexpected(letters.error());
  for (const DeadLetter& letter : *letters) {
    const OutboxEvent& event = letter.row.event;
    if (letter.reason_code == kDamaged)
      check.set_aside.push_back(fmt::format("{}-{} {}", event.epoch, event.sequence, event.type));
  }
  return {};
}

Result<OutboxCheck> Outbox::check() {
  OutboxCheck check;
  const auto verdict = db_.text("PRAGMA quick_check(20)");
  if (!verdict) return tl::unexpected(verdict.error());
  if (*verdict != "ok") check.problems.push_back("the database is damaged: " + *verdict);
  if (auto counted = check_totals(check); !counted) return tl::unexpected(counted.error());
  auto twice = each_row(db_.query("check.twice"), [&](const Query& row) {
    check.problems.push_back(fmt::format("{}-{} is there {} times", row.text(0), row.text(1), row.integer(2)));
  });
  if (!twice) return tl::unexpected(twice.error());
  auto query = db_.query("check.beyond");
  query.bind(head_.epoch).bind(head_.last_sequence);
  auto beyond = each_row(std::move(query), [&](const Query& row) {
    check.problems.push_back(fmt::format("{}-{} is beyond the last of its epoch", row.text(0), row.text(1)));
  });
  if (!beyond) return tl::unexpected(beyond.error());
  auto altered = each_row(db_.query("check.altered"), [&](const Query& row) {
    check.problems.push_back(fmt::format("the payload of {}-{} is of another event", row.text(0), row.text(1)));
  });
  if (!altered) return tl::unexpected(altered.error());
  auto epochs = each_row(db_.query("check.epochs"), [&](const Query& row) {
    check.epochs[row.text(0)] = {row.unsigned_integer(1), row.unsigned_integer(2), row.unsigned_integer(3)};
  });
  if (!epochs) return tl::unexpected(epochs.error());
  std::uint64_t damaged = 0;
  if (auto counted = count_dead_letters(check.dead_letters, damaged); !counted) return tl::unexpected(counted.error());
  if (auto checked = check_rows(check); !checked) return tl::unexpected(checked.error());
  return check;
}

}  // namespace aisle::store
