#include "agent/datasets/datasets.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <unordered_map>
#include <unordered_set>

namespace aisle::datasets {
namespace {

using nlohmann::json;
using records::RecordError;

constexpr std::size_t kMaxNamed = 100;

void refuse(CheckedChange& out, RecordError error) {
  if (!error.id.empty()) out.change.record_deletes.push_back(error.id);
  out.refused.push_back(std::move(error));
}

// By id: how many records had been accepted when one of that id was refused for the last time.
using RefusedAfter = std::unordered_map<std::string, std::size_t>;

// A refused record removes an older one of its id, also one that came before it in the same message.
template <class T>
void drop_older(std::vector<T>& accepted, const RefusedAfter& refused) {
  std::size_t index = 0;
  std::erase_if(accepted, [&](const T& record) {
    const auto found = refused.find(record.id);
    return index++ < (found == refused.end() ? 0 : found->second);
  });
}

void keep(CheckedChange& out, const std::string& id, const json& record) {
  out.change.record_upserts.push_back({id, records::canonical(record)});
}

// Parses with `parse` into `parsed`; one record.
template <class T, class Parse>
void take(CheckedChange& out, std::vector<T>& parsed, const json& record, const Parse& parse) {
  auto value = parse(record);
  if (!value) return refuse(out, value.error());
  keep(out, value->id, record);
  parsed.push_back(std::move(*value));
}

void take_keys(CheckedChange& out, const json& record, const records::ParseContext& context) {
  const auto keys = records::parse_keys(record, context);
  if (!keys) {
    out.refused.push_back(keys.error());
    return;
  }
  for (const auto& key : *keys) out.change.key_upserts.push_back({key.ordinal, key.day, key.key});
}

// A lease is void when a higher fence was seen, in this message or before.
std::optional<RecordError> fence_problem(const Lease& lease, std::map<std::string, std::int64_t>& fences,
                                         const records::ParseContext& context) {
  std::int64_t& seen = fences.try_emplace(lease.id, lease.fence).first->second;
  if (context.lease_fences != nullptr) {
    const auto before = context.lease_fences->find(lease.id);
    if (before != context.lease_fences->end()) seen = std::max(seen, before->second);
  }
  if (context.leases_lost) {
    seen = std::max(seen, lease.fence + 1);
    return RecordError{lease.id, "fence",
                       fmt::format("above {} expected: what was spent of it was lost with the database", lease.fence)};
  }
  if (lease.fence < seen)
    return RecordError{lease.id, "fence",
                       fmt::format("at least {} expected, which was seen, not {}", seen, lease.fence)};
  seen = lease.fence;
  return std::nullopt;
}

void take_lease(CheckedChange& out, const json& record, const records::ParseContext& context) {
  auto lease = records::parse_lease(record, context);
  if (!lease) return refuse(out, lease.error());
  if (auto problem = fence_problem(*lease, out.change.lease_fences, context)) return refuse(out, std::move(*problem));
  keep(out, lease->id, record);
  out.leases.push_back(std::move(*lease));
}

void take_record(CheckedChange& out, const json& record, const records::ParseContext& context) {
  switch (out.change.dataset) {
    case Dataset::customers:
      return take(out, out.customers, record, [&](const json& r) { return records::parse_customer(r, context); });
    case Dataset::offers:
      return take(out, out.offers, record, [&](const json& r) { return records::parse_offer(r, context); });
    case Dataset::assets:
      return take(out, out.assets, record, [&](const json& r) { return records::parse_asset(r, context); });
    case Dataset::keys:
      return take_keys(out, record, context);
    case Dataset::leases:
      return take_lease(out, record, context);
    case Dataset::inventory:
    case Dataset::orders:
      break;
  }
  const auto id = records::check_other(out.change.dataset, record, context);
  if (!id) return refuse(out, id.error());
  keep(out, *id, record);
}

template <class T>
bool parse_whole(std::string_view text, T& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

// {"day":20779,"ordinal":7}, {"day":20779}, 20779, "20779" or "20779/7".
bool take_key_delete(CheckedChange& out, const json& entry) {
  std::int32_t day = 0;
  std::optional<std::uint32_t> ordinal;
  const auto in_range = [](const json& v, std::int64_t most) {
    return v.is_number_integer() && v.get<double>() >= 0 && v.get<double>() <= static_cast<double>(most);
  };
  if (entry.is_string()) {
    const std::string_view text = entry.get_ref<const std::string&>();
    const auto slash = text.find('/');
    if (!parse_whole(text.substr(0, slash), day)) return false;
    if (slash != std::string_view::npos && !parse_whole(text.substr(slash + 1), ordinal.emplace())) return false;
  } else if (in_range(entry, 100000)) {
    day = entry.get<std::int32_t>();
  } else if (entry.is_object() && entry.contains("day") && in_range(entry["day"], 100000)) {
    day = entry["day"].get<std::int32_t>();
    if (entry.contains("ordinal")) {
      if (!in_range(entry["ordinal"], UINT32_MAX)) return false;
      ordinal = entry["ordinal"].get<std::uint32_t>();
    }
  } else {
    return false;
  }
  out.change.key_deletes.emplace_back(day, ordinal);
  return true;
}

void take_delete(CheckedChange& out, const json& entry, std::size_t index) {
  const auto place = [index] { return fmt::format("deletes[{}]", index); };
  if (out.change.dataset == Dataset::keys) {
    if (!take_key_delete(out, entry))
      out.refused.push_back({"", place(), "a day, \"day/ordinal\" or {\"day\",\"ordinal\"} expected"});
  } else if (entry.is_string()) {
    out.change.record_deletes.push_back(entry.get<std::string>());
  } else {
    out.refused.push_back({"", place(), "an id expected, not " + std::string(entry.type_name())});
  }
}

// What a file has had so far; a second one of a kind is refused.
class FileIds {
 public:
  explicit FileIds(const RawChange& raw) : raw_(raw) {}

  std::optional<RecordError> repeated(const json& record, std::size_t index) {
    const std::string id = records::record_id(raw_.dataset, record);
    if (id.empty()) return std::nullopt;
    const auto [found, added] = ids_.try_emplace(id, index);
    if (added) return std::nullopt;
    return RecordError{id, raw_.dataset == Dataset::inventory ? "sku" : "id", twice(index, found->second)};
  }
  // Of the keys from `from` on, which one record holds.
  std::optional<RecordError> repeated(const std::vector<store::KeyRow>& keys, std::size_t from, std::size_t index) {
    for (std::size_t i = from; i < keys.size(); ++i) {
      const auto& key = keys[i];
      const auto name = (static_cast<std::uint64_t>(static_cast<std::uint32_t>(key.day)) << 32U) | key.ordinal;
      const auto [found, added] = keys_.try_emplace(name, Key{key.key, index});
      if (!added && found->second.key != key.key)
        return RecordError{fmt::format("{}/{}", key.ordinal, key.day), "key",
                           "another one was " + twice(index, found->second.index)};
    }
    return std::nullopt;
  }

 private:
  struct Key {
    Key128 key;
    std::size_t index;
  };
  [[nodiscard]] std::string twice(std::size_t index, std::size_t first) const {
    return fmt::format("already in this file, {} ({})", raw_.place(first), raw_.place(index));
  }

  const RawChange& raw_;
  std::unordered_map<std::string, std::size_t> ids_;
  std::unordered_map<std::uint64_t, Key> keys_;
};

// A record that has no name is told by its place.
void name_place(RecordError& error, const RawChange& raw, std::size_t index) {
  if (error.field.empty()) {
    error.field = raw.place(index);
  } else if (error.id.empty()) {
    error.field = raw.place(index) + (raw.places.empty() ? "." : ": ") + error.field;
  }
}

// The first `deletes` of `record_deletes` were asked for, the others are of refused records.
void tell_who_is_gone(CheckedChange& out, std::size_t deletes) {
  std::unordered_set<std::string_view> told;
  for (const Customer& customer : out.customers) told.insert(customer.id);
  for (const std::string& id : out.change.record_deletes) {
    auto& gone = deletes > 0 ? out.deleted_customers : out.withdrawn_customers;
    if (deletes > 0) --deletes;
    if (told.insert(id).second) gone.push_back(id);
  }
}

}  // namespace

std::string RawChange::place(std::size_t index) const {
  return index < places.size() ? fmt::format("{} {}", place_word, places[index]) : fmt::format("upserts[{}]", index);
}

CheckedChange check(RawChange raw, const records::ParseContext& context) {
  CheckedChange out;
  out.change.dataset = raw.dataset;
  out.change.replace_all = raw.replace_all;
  for (std::size_t i = 0; i < raw.deletes.size(); ++i) take_delete(out, raw.deletes[i], i);
  const std::size_t deletes = out.change.record_deletes.size();
  RefusedAfter refused;
  const bool strict = context.strictness == records::Strictness::file;
  FileIds ids(raw);
  for (std::size_t i = 0; i < raw.upserts.size(); ++i) {
    const json record = std::move(raw.upserts[i]);
    const std::size_t keys = out.change.key_upserts.size();
    auto again = strict ? ids.repeated(record, i) : std::nullopt;
    const auto before = out.refused.size();
    if (!again) take_record(out, record, context);
    if (out.refused.size() > before) {
      name_place(out.refused.back(), raw, i);
      refused[out.refused.back().id] = out.change.record_upserts.size();
    } else if (strict && !again) {
      again = ids.repeated(out.change.key_upserts, keys, i);
    }
    if (!again) continue;
    out.change.key_upserts.resize(keys);
    out.refused.push_back(std::move(*again));
  }
  if (!refused.empty()) {
    drop_older(out.change.record_upserts, refused);
    drop_older(out.customers, refused);
    drop_older(out.offers, refused);
    drop_older(out.assets, refused);
    drop_older(out.leases, refused);
  }
  if (raw.dataset != Dataset::customers) return out;
  if (raw.replace_all) out.change.record_deletes.clear();  // a refused record is simply not in the set
  tell_who_is_gone(out, deletes);
  return out;
}

void apply(CheckedChange change, pipeline::Pipeline& pipeline, Stamp now) {
  Application(std::move(change)).step(std::numeric_limits<std::size_t>::max(), pipeline, now);
}

std::size_t load_records(Dataset dataset, const std::vector<store::RecordRow>& rows,
                         const records::ParseContext& context, pipeline::Pipeline& pipeline, Stamp now) {
  RawChange raw;
  raw.dataset = dataset;
  std::size_t broken = 0;
  for (const auto& row : rows) {
    auto record = records::parse_json(row.body);
    if (record) {
      raw.upserts.push_back(std::move(*record));
    } else {
      ++broken;
    }
  }
  auto checked = check(std::move(raw), context);
  broken += checked.refused.size();
  apply(std::move(checked), pipeline, now);
  return broken;
}

void load_spends(const std::vector<store::LeaseSpendRow>& rows, pipeline::Pipeline& pipeline) {
  for (const auto& row : rows)
    pipeline.offers().leases().record({row.lease, row.fence, row.unit, row.code, UnixTime{Duration{row.expires_us}}});
}

void load_keys(const std::vector<store::KeyRow>& rows, pipeline::Pipeline& pipeline) {
  for (const auto& row : rows) pipeline.resolver().add_key({row.ordinal, row.day, row.key});
}

void withdraw(Dataset dataset, const store::Gone& gone, pipeline::Pipeline& pipeline, Stamp now) {
  for (const auto& key : gone.keys) pipeline.resolver().erase_keys(key.first, key.second);
  for (const std::string& id : gone.records) {
    if (dataset == Dataset::customers) pipeline.withdraw_customer(id, now);
    if (dataset == Dataset::offers) pipeline.offers().erase(id);
    if (dataset == Dataset::assets) pipeline.resolver().erase_asset(id);
    if (dataset == Dataset::leases) pipeline.offers().leases().erase(id);
  }
}

void Refusals::add(const std::vector<records::RecordError>& more) {
  count += more.size();
  for (const auto& error : more) {
    if (named.size() == kMaxNamed) return;
    named.push_back(error);
  }
}

std::string Refusals::text() const {
  return Json{{"count", count}, {"named", refused_json(named)}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Refusals Refusals::from(const std::string& text) {
  Refusals out;
  const auto all = json::parse(text, nullptr, false);
  if (!all.is_object() || !all.contains("named")) return out;
  out.count = all.value("count", std::size_t{0});
  for (const auto& one : all["named"])
    out.named.push_back({one.value("id", ""), one.value("field", ""), one.value("why", "")});
  return out;
}

Json refused_json(const std::vector<records::RecordError>& refused) {
  Json out = Json::array();
  for (const auto& error : refused) {
    if (out.size() == kMaxNamed) break;  // an event stays small; the count says how many there were
    out.push_back({{"id", error.id}, {"field", error.field}, {"why", error.why}});
  }
  return out;
}

}  // namespace aisle::datasets
