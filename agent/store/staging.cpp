// Snapshots in pages: kept beside what is in force, taken over by one change of the generation, or of names.
#include <algorithm>

#include "agent/store/datasets.hpp"
#include "agent/store/sql.hpp"

namespace aisle::store {
namespace {

std::string name_of(Dataset dataset, std::int64_t generation) {
  return std::string(to_string(dataset)) + (generation == 0 ? "" : "/1");
}

}  // namespace

Result<std::int64_t> Datasets::generation(Dataset dataset) {
  auto query = db_.query("staging.generation");
  const auto found = query.bind(to_string(dataset)).next();
  if (!found) return tl::unexpected(found.error());
  return *found ? query.integer(0) : 0;
}

Result<std::string> Datasets::name_in_force(Dataset dataset) {
  const auto now = generation(dataset);
  if (!now) return tl::unexpected(now.error());
  return name_of(dataset, *now);
}

Result<std::string> Datasets::name_beside(Dataset dataset) {
  const auto now = generation(dataset);
  if (!now) return tl::unexpected(now.error());
  return name_of(dataset, 1 - *now);
}

Result<std::map<Dataset, Datasets::Staged>> Datasets::all_staged() {
  std::map<Dataset, Staged> all;
  auto query = db_.query("staging.all");
  for (;;) {
    const auto found = query.next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return all;
    const auto dataset = parse_dataset(query.text(0));
    if (!dataset) continue;
    Staged& staged = all[*dataset];
    staged.state = {query.text(1),
                    query.text(2),
                    query.unsigned_integer(3),
                    query.unsigned_integer(4),
                    query.unsigned_integer(5),
                    query.unsigned_integer(6),
                    query.text(9)};
    staged.count = query.unsigned_integer(7);
    staged.digest = SetDigest(query.blob(8));
  }
}

Result<std::map<Dataset, StagingState>> Datasets::staging() {
  auto all = all_staged();
  if (!all) return tl::unexpected(all.error());
  std::map<Dataset, StagingState> states;
  for (auto& [dataset, staged] : *all) states[dataset] = std::move(staged.state);
  return states;
}

Result<bool> Datasets::discard_staged(Dataset dataset, std::size_t limit) {
  if (auto gone = db_.query("staging.forget").bind(to_string(dataset)).run(); !gone)
    return tl::unexpected(gone.error());
  return sweep_beside(dataset, limit);
}

Status Datasets::stage(const StagedPage& page) {
  const Dataset dataset = page.change.dataset;
  const auto beside = name_beside(dataset);
  if (!beside) return tl::unexpected(beside.error());
  auto all = all_staged();
  if (!all) return tl::unexpected(all.error());
  Staged& staged = (*all)[dataset];
  const StagingState& before = staged.state;
  const StagingState& after = page.after;
  if (page.first()) {  // what was beside is discarded
    staged = {};
  } else if (before.snapshot != after.snapshot || before.epoch != after.epoch || before.next + 1 != after.next) {
    return fail("page {} does not follow what is staged of {}", after.next, to_string(dataset));
  }
  Working working;
  working.state.count = staged.count;
  working.digest = staged.digest;
  if (auto put = stage_rows(page.change, *beside, working); !put) return put;
  return save_staged(dataset, after, working);
}

Status Datasets::save_staged(Dataset dataset, const StagingState& state, const Working& working) {
  auto query = db_.query("staging.save");
  query.bind(to_string(dataset)).bind(state.snapshot).bind(state.epoch).bind(state.cursor).bind(state.pages);
  query.bind(state.base).bind(state.next).bind(working.state.count).bind(working.digest.bytes());
  return query.bind(state.refused).run();
}

Status Datasets::drop_staged_before(std::int32_t day) {
  auto all = all_staged();
  if (!all) return tl::unexpected(all.error());
  const auto staged = all->find(Dataset::keys);
  if (staged == all->end()) return {};
  Working working;
  working.state.count = staged->second.count;
  working.digest = staged->second.digest;
  auto query = db_.query("staging.keys_before");
  query.bind(day);
  if (auto removed = subtract_keys(std::move(query), working); !removed) return removed;
  if (working.state.count == staged->second.count) return {};
  if (auto removed = db_.query("staging.delete_keys_before").bind(day).run(); !removed) return removed;
  return save_staged(Dataset::keys, staged->second.state, working);
}

Status Datasets::stage_rows(const DatasetChange& change, const std::string& beside, Working& working) {
  if (auto noted = note_fences(change); !noted) return noted;
  for (const std::string& id : change.record_deletes) {
    if (auto removed = remove_record(beside, id, working); !removed) return removed;
  }
  for (const RecordRow& record : change.record_upserts) {
    if (auto put = put_record(beside, record, working); !put) return put;
  }
  for (const KeyRow& key : change.key_upserts) {
    if (auto put = stage_key(key, working); !put) return put;
  }
  return {};
}

Status Datasets::stage_key(const KeyRow& key, Working& working) {
  {
    auto query = db_.query("staging.key");
    const auto old = resting_key(query.bind(key.day).bind(key.ordinal), key.day, key.ordinal);
    if (!old) return tl::unexpected(old.error());
    if (*old) {
      working.digest.toggle(**old);
      --working.state.count;
    }
  }
  const auto wrapped = wrappers_.wrap(key);
  if (!wrapped) return tl::unexpected(wrapped.error());
  working.digest.toggle(key);
  ++working.state.count;
  return db_.query("staging.put_key").bind(key.day).bind(key.ordinal).bind(ByteSpan(*wrapped)).run();
}

Status Datasets::swap_keys() {
  const auto script = named_sql("staging.swap_keys");
  if (!script) return tl::unexpected(script.error());
  return db_.execute("staging.swap_keys", std::string(*script));
}

Result<DatasetState> Datasets::take_staged(const DatasetChange& change) {
  const Dataset dataset = change.dataset;
  auto states_now = states();
  if (!states_now) return tl::unexpected(states_now.error());
  auto all = all_staged();
  if (!all) return tl::unexpected(all.error());
  const Staged& staged = (*all)[dataset];
  const bool whole = staged.state.pages > 0 && staged.state.next == staged.state.base + staged.state.pages;
  if (!whole || staged.state.epoch != change.epoch || staged.state.cursor != change.cursor)
    return (*states_now)[dataset];
  Working working;
  working.state = {
      change.epoch, change.cursor, change.confirmed_ms, staged.count, {}, (*states_now)[dataset].generation};
  working.digest = staged.digest;
  if (dataset == Dataset::keys) {
    if (auto swapped = swap_keys(); !swapped) return tl::unexpected(swapped.error());
  } else {
    working.state.generation = 1 - working.state.generation;
  }
  if (dataset == Dataset::leases) {
    if (auto found = db_.query("leases.found").run(); !found) return tl::unexpected(found.error());
  }
  if (auto gone = db_.query("staging.forget").bind(to_string(dataset)).run(); !gone)
    return tl::unexpected(gone.error());
  if (auto saved = save(dataset, working); !saved) return tl::unexpected(saved.error());
  working.state.digest = to_hex(working.digest.bytes());
  return working.state;
}

Result<Gone> Datasets::gone(Dataset dataset, const RowPlace& after, std::size_t limit) {
  Gone gone;
  const bool keys = dataset == Dataset::keys;
  const auto now = name_in_force(dataset);
  if (!now) return tl::unexpected(now.error());
  const auto beside = name_beside(dataset);
  if (!beside) return tl::unexpected(beside.error());
  auto query = db_.query(keys ? "staging.gone_keys" : "staging.gone_records");
  if (keys) {
    query.bind(after.day).bind(after.ordinal).bind(std::uint64_t{limit});
  } else {
    query.bind(*beside).bind(*now).bind(after.id).bind(std::uint64_t{limit});
  }
  for (;;) {
    const auto found = query.next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return gone;
    RowPlace& last = gone.last.emplace();
    if (keys) {
      last.day = static_cast<std::int32_t>(query.integer(0));
      last.ordinal = query.integer(1);
      if (query.integer(2) == 0) gone.keys.emplace_back(last.day, static_cast<std::uint32_t>(last.ordinal));
    } else {
      last.id = query.text(0);
      if (query.integer(1) == 0) gone.records.push_back(last.id);
    }
  }
}

Result<std::vector<RecordRow>> Datasets::read_records(Dataset dataset, const std::string& after, std::size_t limit) {
  const auto name = name_in_force(dataset);
  if (!name) return tl::unexpected(name.error());
  std::vector<RecordRow> rows;
  auto query = db_.query("staging.records_after");
  query.bind(*name).bind(after).bind(std::uint64_t{limit});
  for (;;) {
    const auto found = query.next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return rows;
    rows.push_back({query.text(0), query.text(1)});
  }
}

Result<std::vector<KeyRow>> Datasets::read_keys(std::int32_t day, std::int64_t ordinal, std::size_t limit) {
  std::vector<KeyRow> rows;
  auto query = db_.query("staging.keys_after");
  query.bind(day).bind(ordinal).bind(std::uint64_t{limit});
  for (;;) {
    const auto found = query.next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return rows;
    auto row = key_of(query);
    if (!row) return tl::unexpected(row.error());
    rows.push_back(*row);
  }
}

Result<bool> Datasets::sweep_beside(Dataset dataset, std::size_t limit) {
  if (dataset == Dataset::keys) {
    auto query = db_.query("staging.sweep_keys");
    if (auto swept = query.bind(std::uint64_t{limit}).run(); !swept) return tl::unexpected(swept.error());
    return db_.changes() > 0;
  }
  const auto beside = name_beside(dataset);
  if (!beside) return tl::unexpected(beside.error());
  auto query = db_.query("staging.sweep_records");
  if (auto swept = query.bind(*beside).bind(std::uint64_t{limit}).run(); !swept) return tl::unexpected(swept.error());
  return db_.changes() > 0;
}

Result<bool> Datasets::sweep(std::size_t limit) {
  auto all = all_staged();
  if (!all) return tl::unexpected(all.error());
  for (const Dataset dataset : kDatasets) {
    if (all->contains(dataset)) continue;
    auto swept = sweep_beside(dataset, limit);
    if (!swept || *swept) return swept;
  }
  return false;
}

}  // namespace aisle::store
