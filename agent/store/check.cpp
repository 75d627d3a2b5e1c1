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
  auto letters = db_.query("outbox.dead_letter_count");
  if (const auto found = letters.next(); !found) return tl::unexpected(found.error());
  check.dead_letters = letters.unsigned_integer(0);
  return check;
}

}  // namespace aisle::store
