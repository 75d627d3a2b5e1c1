#include "sync/core/dataset_wire.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "agent/model/event.hpp"
#include "agent/records/records.hpp"

namespace aisle::sync {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxEpochLength = 64;
constexpr std::size_t kMaxSnapshotIdLength = 128;
constexpr std::array<std::string_view, 9> kKnownFields = {"epoch",    "from", "to",    "deletes", "upserts",
                                                          "snapshot", "page", "pages", "crit"};

Status check_crit(const json& message) {
  const auto crit = message.find("crit");
  if (crit == message.end()) return {};
  if (!crit->is_array()) return fail("crit: an array expected");
  for (const json& name : *crit) {
    const auto* text = name.get_ptr<const std::string*>();
    if (text == nullptr) return fail("crit: field names expected");
    if (std::ranges::find(kKnownFields, *text) == kKnownFields.end()) return fail("crit: a field is not understood");
  }
  return {};
}

Result<std::uint64_t> integer(const json& message, const char* field) {
  const auto value = message.find(field);
  if (value == message.end()) return fail("{}: missing", field);
  const auto* number = value->get_ptr<const json::number_unsigned_t*>();
  if (number == nullptr || *number > kMaxWireInteger) return fail("{}: an integer from 0 to 2^53 expected", field);
  return *number;
}

Result<std::string> epoch_of(const json& message) {
  const auto value = message.find("epoch");
  const auto* text = value == message.end() ? nullptr : value->get_ptr<const std::string*>();
  if (text == nullptr || text->empty() || text->size() > kMaxEpochLength) {
    return fail("epoch: 1 to {} characters expected", kMaxEpochLength);
  }
  return *text;
}

// A list that is left out is an empty one. A delta that changes something has one of them at least.
Result<std::vector<json>> list(json& message, const char* field) {
  const auto value = message.find(field);
  if (value == message.end()) return std::vector<json>{};
  auto* items = value->get_ptr<json::array_t*>();
  if (items == nullptr) return fail("{}: an array expected", field);
  return std::vector<json>(std::make_move_iterator(items->begin()), std::make_move_iterator(items->end()));
}

Result<DatasetWire> parse_page(json& message) {
  SnapshotPage page;
  page.snapshot = message["snapshot"];
  const auto* id = page.snapshot.get_ptr<const std::string*>();
  const bool named = id != nullptr && !id->empty() && id->size() <= kMaxSnapshotIdLength;
  if (!named && !page.snapshot.is_number_unsigned()) return fail("snapshot: an id expected");
  auto epoch = epoch_of(message);
  if (!epoch) return tl::unexpected(epoch.error());
  const auto index = integer(message, "page");
  if (!index) return tl::unexpected(index.error());
  const auto pages = integer(message, "pages");
  if (!pages) return tl::unexpected(pages.error());
  const auto to = integer(message, "to");
  if (!to) return tl::unexpected(to.error());
  if (*pages == 0 || *pages > kMaxPages) return fail("pages: 1 to {} expected", kMaxPages);
  if (*index > *pages) return fail("page: beyond the last");
  auto upserts = list(message, "upserts");
  if (!upserts) return tl::unexpected(upserts.error());
  page.epoch = std::move(*epoch);
  page.page = *index;
  page.pages = *pages;
  page.to = *to;
  page.upserts = std::move(*upserts);
  return DatasetWire(std::move(page));
}

Result<DatasetWire> parse_delta(json& message) {
  auto epoch = epoch_of(message);
  if (!epoch) return tl::unexpected(epoch.error());
  const auto from = integer(message, "from");
  if (!from) return tl::unexpected(from.error());
  const auto to = integer(message, "to");
  if (!to) return tl::unexpected(to.error());
  if (*from != *to && !message.contains("deletes") && !message.contains("upserts"))
    return fail("deletes, upserts: at least one expected where to is beyond from");
  auto deletes = list(message, "deletes");
  if (!deletes) return tl::unexpected(deletes.error());
  auto upserts = list(message, "upserts");
  if (!upserts) return tl::unexpected(upserts.error());
  if (*from > *to) return fail("from: beyond to");
  if (*from == *to && !(deletes->empty() && upserts->empty())) return fail("to: beyond from expected with changes");
  return DatasetWire(Delta{std::move(*epoch), *from, *to, std::move(*deletes), std::move(*upserts)});
}

}  // namespace

Result<DatasetWire> parse_dataset_message(std::string_view payload) {
  if (payload.size() > kMaxDeltaBytes) return fail("{} bytes: at most {} expected", payload.size(), kMaxDeltaBytes);
  auto message = records::parse_json(payload);
  if (!message) return tl::unexpected(message.error());
  if (!message->is_object()) return fail("an object expected");
  if (auto crit = check_crit(*message); !crit) return tl::unexpected(crit.error());
  const auto snapshot = message->find("snapshot");
  if (snapshot == message->end() || snapshot->is_null()) return parse_delta(*message);
  if (payload.size() > kMaxPageBytes) return fail("{} bytes: at most {} expected", payload.size(), kMaxPageBytes);
  return parse_page(*message);
}

std::string dataset_request(std::string_view epoch, std::uint64_t cursor, const nlohmann::json& snapshot,
                            std::uint64_t page) {
  constexpr int kMaxAnswerBytes = 100'000;  // the contract's; below the 128 KiB at which hosted brokers cut
  Json out = Json::object();
  out["epoch"] = epoch.empty() ? Json() : Json(epoch);
  out["cursor"] = cursor;
  out["snapshot"] = snapshot;
  out["page"] = page;
  out["max_bytes"] = kMaxAnswerBytes;
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace aisle::sync
