// What will never be delivered though it was in the outbox: what the broker refused, and what the disk altered.
#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "agent/store/checksum.hpp"
#include "agent/store/outbox.hpp"

namespace aisle::store {
namespace {

constexpr std::uint64_t kMostSequence = std::numeric_limits<std::int64_t>::max();  // that SQLite can hold
constexpr const char* kWhyDamaged = "damaged on the disk: the checksum is wrong; its content is not kept";

std::string id_member(const OutboxEvent& event) {
  return fmt::format(R"("id":"{}-{:020}")", event.epoch, event.sequence);
}

// Epoch and sequence as the payload says them.
std::optional<std::pair<std::string, std::uint64_t>> name_in(const std::string& payload) {
  constexpr std::string_view kMember = R"("id":")";
  constexpr std::size_t kDigits = 20;
  const auto at = payload.find(kMember);
  if (at == std::string::npos) return std::nullopt;
  const auto begin = at + kMember.size();
  const auto end = payload.find('"', begin);
  if (end == std::string::npos || end - begin < kDigits + 2 || payload[end - kDigits - 1] != '-') return std::nullopt;
  std::uint64_t sequence = 0;
  const char* digits = payload.data() + (end - kDigits);
  const auto parsed = std::from_chars(digits, digits + kDigits, sequence);
  if (parsed.ec != std::errc() || parsed.ptr != digits + kDigits) return std::nullopt;
  return std::pair(payload.substr(begin, end - kDigits - 1 - begin), sequence);
}

// "family.name", also where the type is what was altered.
std::string well_formed(const std::string& type) {
  const auto dot = type.find('.');
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const auto letters = static_cast<std::size_t>(std::ranges::count_if(type, letter));
  const bool ours = dot != std::string::npos && dot > 0 && dot + 1 < type.size() && letters + 1 == type.size();
  return ours ? type : "event.unknown";
}

bool chosen(const DeadLetterChoice& choice, const OutboxRow& row) {
  if (choice.ids.empty() && choice.types.empty()) return true;
  return std::ranges::find(choice.ids, row.id) != choice.ids.end() ||
         std::ranges::find(choice.types, row.event.type) != choice.types.end();
}

}  // namespace

Dropped Outbox::lost_event(const std::string& epoch, std::uint64_t sequence, const std::string& type) {
  return Dropped{epoch, "lost", {{sequence, sequence}}, {{well_formed(type), 1}}};
}

// Either the name in the columns was altered, or something else: with the payload's own name the checksum is right only
// in the first case. The payload is not kept: nobody can say whose it is, so an erasure would not find it.
void Outbox::strip(OutboxEvent& event, const Query& query) {
  const auto name = name_in(event.payload);
  if (name && event.payload.find(id_member(event)) == std::string::npos) {
    OutboxEvent renamed = event;
    renamed.epoch = name->first;
    renamed.sequence = name->second;
    if (is_sound(query, renamed)) event = std::move(renamed);
  }
  event.payload.clear();
  event.type = well_formed(event.type);
  std::ranges::replace_if(
      event.epoch, [](char c) { return c < 0x20 || c > 0x7E; }, '?');
  event.sequence = std::min(event.sequence, kMostSequence);
}

Status Outbox::add_dead_letter(const OutboxRow& row, int reason_code, const std::string& why) {
  const OutboxEvent& event = row.event;
  auto query = db_.query("outbox.add_dead_letter");
  query.bind(row.id).bind(event.epoch).bind(event.sequence).bind(event.type).bind(event.recorded_ms);
  query.bind(event.ledger).bind(static_cast<std::uint64_t>(event.payload.size())).bind(event.payload);
  return query.bind(checksum(event, 0)).bind(reason_code).bind(why).run();
}

Result<std::optional<OutboxRow>> Outbox::row(std::int64_t id) {
  auto query = db_.query("outbox.row");
  const auto found = query.bind(id).next();
  if (!found) return tl::unexpected(found.error());
  if (!*found) return std::optional<OutboxRow>();
  return std::optional<OutboxRow>(row_of(query));
}

Result<std::optional<Dropped>> Outbox::dead_letter(std::int64_t id, int reason_code, const std::string& why) {
  const auto found = row(id);
  if (!found) return tl::unexpected(found.error());
  if (!*found) return std::optional<Dropped>();
  const OutboxEvent& event = (*found)->event;
  std::optional<Dropped> dropped;
  if (event.type != "outbox.dropped")  // one report of a report is enough
    dropped = Dropped{event.epoch, "refused", {{event.sequence, event.sequence}}, {{event.type, 1}}};
  if ((*found)->damaged) return move_to_dead_letters(**found, kDamaged, kWhyDamaged, std::move(dropped));
  return move_to_dead_letters(**found, reason_code, why, std::move(dropped));
}

Result<std::optional<Dropped>> Outbox::set_aside(std::int64_t id) {
  const auto found = row(id);
  if (!found) return tl::unexpected(found.error());
  if (!*found || !(*found)->damaged) return std::optional<Dropped>();  // it was read wrongly: the next start sends it
  const OutboxEvent& event = (*found)->event;
  return move_to_dead_letters(**found, kDamaged, kWhyDamaged, lost_event(event.epoch, event.sequence, event.type));
}

Result<std::optional<Dropped>> Outbox::move_to_dead_letters(const OutboxRow& row, int reason_code,
                                                            const std::string& why, std::optional<Dropped> dropped) {
  if (auto marked = mark_epoch(); !marked) return tl::unexpected(marked.error());
  if (auto added = add_dead_letter(row, reason_code, why); !added) return tl::unexpected(added.error());
  if (auto removed = remove_row(row.id); !removed) return tl::unexpected(removed.error());
  if (!dropped) return dropped;
  if (auto noted = note(*dropped); !noted) return tl::unexpected(noted.error());
  return dropped;
}

Status Outbox::trim_dead_letters() {
  return db_.query("outbox.trim_dead_letters").bind(static_cast<std::uint64_t>(kAllDeadLetters)).run();
}

Status Outbox::count_dead_letters(std::uint64_t& refused, std::uint64_t& damaged) {
  auto query = db_.query("outbox.dead_letter_count");
  const auto found = query.bind(kDamaged).next();
  if (!found) return tl::unexpected(found.error());
  damaged = query.unsigned_integer(1);
  refused = query.unsigned_integer(0) - damaged;
  return {};
}

Result<std::vector<DeadLetter>> Outbox::read_dead_letters(std::int64_t after, std::size_t limit) {
  std::vector<DeadLetter> letters;
  auto query = db_.query("outbox.dead_letters");
  query.bind(after).bind(static_cast<std::uint64_t>(limit));
  for (;;) {
    const auto found = query.next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return letters;
    DeadLetter letter{row_of(query), static_cast<int>(query.integer(9)), query.text(10)};
    if (letter.row.damaged) {
      letter.reason_code = kDamaged;
      letter.why = kWhyDamaged;
    }
    letters.push_back(std::move(letter));
  }
}

Result<std::uint64_t> Outbox::retry_dead_letters(const DeadLetterChoice& choice) {
  const auto letters = read_dead_letters(0, kAllDeadLetters);
  if (!letters) return tl::unexpected(letters.error());
  std::uint64_t revived = 0;
  for (const DeadLetter& letter : *letters) {
    if (letter.reason_code == kDamaged || !chosen(choice, letter.row)) continue;
    if (auto added = insert(letter.row.event); !added) return tl::unexpected(added.error().error);
    auto deleted = db_.query("outbox.delete_dead_letter").bind(letter.row.id).run();
    if (!deleted) return tl::unexpected(deleted.error());
    ++revived;
  }
  if (auto marked = mark_epoch(); !marked) return tl::unexpected(marked.error());
  return revived;
}

}  // namespace aisle::store
