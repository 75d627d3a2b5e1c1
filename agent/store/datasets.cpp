#include "agent/store/datasets.hpp"
#include "agent/base/sha256.hpp"

#include <algorithm>

namespace aisle::store {
namespace {

void append_le32(Bytes& bytes, std::uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::byte>((value >> shift) & 0xFFU));
}

Key128 key_column(const Query& query, int column) {
  Key128 key{};
  const Bytes bytes = query.blob(column);
  std::copy_n(bytes.begin(), std::min(bytes.size(), key.size()), key.begin());
  return key;
}

}  // namespace

Result<KeyRow> Datasets::key_of(const Query& query) {
  KeyRow row;
  row.day = static_cast<std::int32_t>(query.integer(0));
  row.ordinal = static_cast<std::uint32_t>(query.integer(1));
  const auto key = wrappers_.unwrap(row.day, key_column(query, 2));
  if (!key) return tl::unexpected(key.error());
  row.key = *key;
  return row;
}

Result<std::optional<KeyRow>> Datasets::resting_key(Query& query, std::int32_t day, std::uint32_t ordinal) {
  const auto found = query.next();
  if (!found) return tl::unexpected(found.error());
  if (!*found) return std::nullopt;
  const auto key = wrappers_.unwrap(day, key_column(query, 0));
  if (!key) return tl::unexpected(key.error());
  return KeyRow{ordinal, day, *key};
}

SetDigest::SetDigest(ByteSpan bytes) {
  if (bytes.size() == value_.size()) std::ranges::copy(bytes, value_.begin());
}

void SetDigest::toggle(ByteSpan content) {
  const Sha256 hash = sha256(content);
  for (std::size_t i = 0; i < hash.size(); ++i) value_[i] ^= hash[i];
}

void SetDigest::toggle(const RecordRow& record) {
  std::string content = record.id;
  content.push_back('\0');
  content += record.body;
  toggle(std::as_bytes(std::span(content)));
}

void SetDigest::toggle(const KeyRow& key) {
  Bytes content;
  append_le32(content, static_cast<std::uint32_t>(key.day));
  append_le32(content, key.ordinal);
  content.insert(content.end(), key.key.begin(), key.key.end());
  toggle(ByteSpan(content));
}

Result<std::map<Dataset, DatasetState>> Datasets::states() {
  std::map<Dataset, DatasetState> all;
  auto query = db_.query("records.states");
  for (;;) {
    const auto found = query.next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return all;
    const auto dataset = parse_dataset(query.text(0));
    if (!dataset) continue;
    all[*dataset] = {query.text(1),         query.unsigned_integer(2), query.integer(3), query.unsigned_integer(4),
                     to_hex(query.blob(5)), query.integer(6)};
  }
}

Result<DatasetState> Datasets::apply(const DatasetChange& change) {
  if (change.from_staging) return take_staged(change);
  auto all = states();
  if (!all) return tl::unexpected(all.error());
  Working working;
  working.state.generation = (*all)[change.dataset].generation;
  if (!change.replace_all) {
    working.state = (*all)[change.dataset];
    if (const auto digest = from_hex(working.state.digest); digest) working.digest = SetDigest(*digest);
  }
  if (!change.confirm_only) {
    working.state.epoch = change.epoch;
    working.state.cursor = change.cursor;
  }
  working.state.confirmed_ms = change.confirmed_ms;
  const bool keys = change.dataset == Dataset::keys;
  if (auto changed = keys ? change_keys(change, working) : change_records(change, working); !changed) {
    return tl::unexpected(changed.error());
  }
  if (auto saved = save(change.dataset, working); !saved) return tl::unexpected(saved.error());
  working.state.digest = to_hex(working.digest.bytes());
  return working.state;
}

Status Datasets::save(Dataset dataset, const Working& working) {
  const DatasetState& state = working.state;
  auto query = db_.query("records.save_state");
  query.bind(to_string(dataset)).bind(state.epoch).bind(state.cursor).bind(state.confirmed_ms);
  return query.bind(state.count).bind(working.digest.bytes()).bind(state.generation).run();
}

Status Datasets::change_records(const DatasetChange& change, Working& working) {
  const auto name = name_in_force(change.dataset);
  if (!name) return tl::unexpected(name.error());
  const std::string& dataset = *name;
  if (auto noted = note_fences(change); !noted) return noted;
  if (change.dataset == Dataset::leases && !change.confirm_only) {
    if (auto found = db_.query("leases.found").run(); !found) return found;
  }
  if (change.replace_all) {
    if (auto cleared = db_.query("records.clear").bind(dataset).run(); !cleared) return cleared;
  }
  for (const std::string& id : change.record_deletes) {
    if (auto removed = remove_record(dataset, id, working); !removed) return removed;
  }
  for (const RecordRow& record : change.record_upserts) {
    if (auto put = put_record(dataset, record, working); !put) return put;
  }
  return {};
}

Status Datasets::note_fences(const DatasetChange& change) {
  for (const auto& [lease, fence] : change.lease_fences) {
    if (auto seen = db_.query("leases.see").bind(lease).bind(fence).run(); !seen) return seen;
  }
  return {};
}

Result<std::map<std::string, std::int64_t>> Datasets::lease_fences() {
  std::map<std::string, std::int64_t> fences;
  auto query = db_.query("leases.fences");
  for (;;) {
    const auto found = query.next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return fences;
    fences[query.text(0)] = query.integer(1);
  }
}

Status Datasets::remove_record(const std::string& dataset, const std::string& id, Working& working) {
  RecordRow old{id, {}};
  {
    auto query = db_.query("records.body");
    const auto found = query.bind(dataset).bind(id).next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return {};
    old.body = query.text(0);
  }
  working.digest.toggle(old);
  --working.state.count;
  return db_.query("records.delete").bind(dataset).bind(id).run();
}

Status Datasets::put_record(const std::string& dataset, const RecordRow& record, Working& working) {
  if (auto removed = remove_record(dataset, record.id, working); !removed) return removed;
  working.digest.toggle(record);
  ++working.state.count;
  return db_.query("records.put").bind(dataset).bind(record.id).bind(record.body).run();
}

Status Datasets::change_keys(const DatasetChange& change, Working& working) {
  if (change.replace_all) {
    if (auto cleared = db_.query("records.clear_keys").run(); !cleared) return cleared;
  }
  for (const auto& [day, ordinal] : change.key_deletes) {
    Status removed;
    if (ordinal) {
      removed = remove_key(day, *ordinal, working);
    } else {
      auto query = db_.query("records.keys_of_day");
      query.bind(day);
      removed = subtract_keys(std::move(query), working);
      if (removed) removed = db_.query("records.delete_keys_of_day").bind(day).run();
    }
    if (!removed) return removed;
  }
  for (const KeyRow& key : change.key_upserts) {
    if (auto put = put_key(key, working); !put) return put;
  }
  return {};
}

Status Datasets::subtract_keys(Query query, Working& working) {
  for (;;) {
    const auto found = query.next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return {};
    const auto key = key_of(query);
    if (!key) return tl::unexpected(key.error());
    working.digest.toggle(*key);
    --working.state.count;
  }
}

Status Datasets::remove_key(std::int32_t day, std::uint32_t ordinal, Working& working) {
  {
    auto query = db_.query("records.key");
    const auto old = resting_key(query.bind(day).bind(ordinal), day, ordinal);
    if (!old) return tl::unexpected(old.error());
    if (!*old) return {};
    working.digest.toggle(**old);
  }
  --working.state.count;
  return db_.query("records.delete_key").bind(day).bind(ordinal).run();
}

Status Datasets::put_key(const KeyRow& key, Working& working) {
  if (auto removed = remove_key(key.day, key.ordinal, working); !removed) return removed;
  const auto wrapped = wrappers_.wrap(key);
  if (!wrapped) return tl::unexpected(wrapped.error());
  working.digest.toggle(key);
  ++working.state.count;
  return db_.query("records.put_key").bind(key.day).bind(key.ordinal).bind(ByteSpan(*wrapped)).run();
}

Result<std::vector<RecordRow>> Datasets::read_records(Dataset dataset) {
  std::vector<RecordRow> rows;
  const auto name = name_in_force(dataset);
  if (!name) return tl::unexpected(name.error());
  auto query = db_.query("records.read");
  query.bind(*name);
  for (;;) {
    const auto found = query.next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return rows;
    rows.push_back({query.text(0), query.text(1)});
  }
}

Result<std::vector<KeyRow>> Datasets::read_keys() {
  std::vector<KeyRow> rows;
  auto query = db_.query("records.read_keys");
  for (;;) {
    const auto found = query.next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return rows;
    auto row = key_of(query);
    if (!row) return tl::unexpected(row.error());
    rows.push_back(*row);
  }
}

// What is staged goes at once: a set that is being replaced is rarely of days that are over.
Result<bool> Datasets::drop_keys_before(std::int32_t day, std::size_t limit) {
  auto dropped = drop_in_force_before(day, limit);
  if (!dropped || *dropped) return dropped;
  if (auto staged = drop_staged_before(day); !staged) return tl::unexpected(staged.error());
  return false;
}

Result<bool> Datasets::drop_in_force_before(std::int32_t day, std::size_t limit) {
  auto all = states();
  if (!all) return tl::unexpected(all.error());
  Working working{(*all)[Dataset::keys], {}};
  if (const auto digest = from_hex(working.state.digest); digest) working.digest = SetDigest(*digest);
  const std::uint64_t before = working.state.count;
  auto query = db_.query("records.keys_before");
  query.bind(day).bind(std::uint64_t{limit});
  if (auto removed = subtract_keys(std::move(query), working); !removed) return tl::unexpected(removed.error());
  if (working.state.count == before) return false;
  auto removal = db_.query("records.delete_keys_before");
  if (auto removed = removal.bind(day).bind(std::uint64_t{limit}).run(); !removed)
    return tl::unexpected(removed.error());
  if (auto saved = save(Dataset::keys, working); !saved) return tl::unexpected(saved.error());
  return true;
}

}  // namespace aisle::store
