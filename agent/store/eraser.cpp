#include "agent/store/eraser.hpp"

#include <nlohmann/json.hpp>

namespace aisle::store {
namespace {

// A member as our own writers put it: no white space. It cannot occur inside a string, whose quotes are escaped.
std::string member(const char* name, const std::string& value) {
  return nlohmann::json(name).dump() + ":" +
         nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<std::uint32_t> ordinals_of(const std::string& body) {
  std::vector<std::uint32_t> ordinals;
  const auto customer = nlohmann::json::parse(body, nullptr, false);
  if (!customer.is_object() || !customer.contains("devices")) return ordinals;
  for (const auto& device : customer["devices"]) {
    if (!device.is_object() || !device.contains("ordinal") || !device["ordinal"].is_number_unsigned()) continue;
    ordinals.push_back(device["ordinal"].get<std::uint32_t>());
  }
  return ordinals;
}

}  // namespace

Result<Erased> Eraser::erase(const std::string& customer) {
  Erased erased;
  auto states = datasets_.states();
  if (!states) return tl::unexpected(states.error());
  if (auto gone = erase_keys(customer, *states, erased); !gone) return tl::unexpected(gone.error());
  const auto orders = orders_of(customer);
  if (!orders) return tl::unexpected(orders.error());
  if (auto gone = erase_records(Dataset::orders, *orders, *states, erased.orders, erased); !gone)
    return tl::unexpected(gone.error());
  if (auto gone = erase_records(Dataset::customers, {customer}, *states, erased.records, erased); !gone)
    return tl::unexpected(gone.error());
  const auto ledger = ledger_.erase(customer);
  if (!ledger) return tl::unexpected(ledger.error());
  erased.decisions = ledger->decisions;
  erased.visit_numbers = ledger->visit_numbers;
  if (auto gone = outbox_.erase(member("partitionkey", customer), erased); !gone) return tl::unexpected(gone.error());
  return erased;
}

Result<std::vector<std::string>> Eraser::orders_of(const std::string& customer) {
  std::vector<std::string> ids;
  const std::string needle = member("customer_id", customer);
  auto query = db_.query("erase.orders");
  const auto name = datasets_.name_in_force(Dataset::orders);
  if (!name) return tl::unexpected(name.error());
  query.bind(*name).bind(needle);
  for (;;) {
    const auto found = query.next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return ids;
    ids.push_back(query.text(0));
  }
}

Status Eraser::erase_keys(const std::string& customer, std::map<Dataset, DatasetState>& states, Erased& erased) {
  std::string body;
  {
    const auto dataset = datasets_.name_in_force(Dataset::customers);
    if (!dataset) return tl::unexpected(dataset.error());
    auto query = db_.query("records.body");
    const auto found = query.bind(*dataset).bind(customer).next();
    if (!found) return tl::unexpected(found.error());
    if (*found) body = query.text(0);
  }
  DatasetChange change;
  change.dataset = Dataset::keys;
  for (const std::uint32_t ordinal : ordinals_of(body)) {
    auto query = db_.query("erase.keys");
    query.bind(ordinal);
    for (;;) {
      const auto found = query.next();
      if (!found) return tl::unexpected(found.error());
      if (!*found) break;
      change.key_deletes.emplace_back(static_cast<std::int32_t>(query.integer(0)), ordinal);
    }
  }
  for (const auto& entry : change.key_deletes) erased.key_list.emplace_back(entry.first, *entry.second);
  return apply(std::move(change), states, erased.keys, erased);
}

Status Eraser::erase_records(Dataset dataset, std::vector<std::string> ids, std::map<Dataset, DatasetState>& states,
                             std::uint64_t& count, Erased& erased) {
  DatasetChange change;
  change.dataset = dataset;
  change.record_deletes = std::move(ids);
  return apply(std::move(change), states, count, erased);
}

// A dataset that was never there stays so; one that is keeps its epoch and cursor.
Status Eraser::apply(DatasetChange change, std::map<Dataset, DatasetState>& states, std::uint64_t& count,
                     Erased& erased) {
  const auto before = states.find(change.dataset);
  if (before == states.end() || (change.record_deletes.empty() && change.key_deletes.empty())) return {};
  change.epoch = before->second.epoch;
  change.cursor = before->second.cursor;
  change.confirmed_ms = before->second.confirmed_ms;
  const Dataset dataset = change.dataset;
  auto after = datasets_.apply(change);
  if (!after) return tl::unexpected(after.error());
  count = before->second.count - after->count;
  if (count > 0) erased.datasets[dataset] = *after;
  return {};
}

}  // namespace aisle::store
