#include "agent/store/ledger.hpp"

#include "agent/model/ids.hpp"

namespace aisle::store {
namespace {

constexpr std::int64_t kKeepSpendsUs = 366LL * 86'400 * 1'000'000;  // after the lease has expired

}  // namespace

Status Ledger::add(const DecisionRow& decision) {
  auto query = db_.query("ledger.add_decision");
  query.bind(decision.at_us).bind(decision.decision_id).bind(decision.customer);
  return query.bind(decision.offer).bind(decision.group).run();
}

Status Ledger::put(const VisitNumberRow& visit) {
  return db_.query("ledger.put_visit").bind(visit.day).bind(visit.customer).bind(visit.last).run();
}

Status Ledger::add(const LeaseSpendRow& spend) {
  auto query = db_.query("leases.spend");
  query.bind(spend.lease).bind(spend.fence).bind(spend.unit);
  return query.bind(spend.code).bind(spend.expires_us).run();
}

Result<std::vector<LeaseSpendRow>> Ledger::lease_spends() {
  std::vector<LeaseSpendRow> rows;
  auto query = db_.query("leases.spends");
  for (;;) {
    const auto found = query.next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return rows;
    rows.push_back({query.text(0), query.integer(1), query.unsigned_integer(2), query.text(3), query.integer(4)});
  }
}

Status Ledger::forget(const std::string& customer) {
  if (auto gone = db_.query("ledger.forget_decisions").bind(customer).run(); !gone) return gone;
  return db_.query("ledger.rename_visits").bind(customer_digest(customer)).bind(customer).run();
}

Result<Ledger::Erased> Ledger::erase(const std::string& customer) {
  Erased out;
  if (auto gone = db_.query("ledger.forget_decisions").bind(customer).run(); !gone) return tl::unexpected(gone.error());
  out.decisions = static_cast<std::uint64_t>(db_.changes());
  auto visits = db_.query("ledger.erase_visits");
  if (auto gone = visits.bind(customer).bind(customer_digest(customer)).run(); !gone)
    return tl::unexpected(gone.error());
  out.visit_numbers = static_cast<std::uint64_t>(db_.changes());
  return out;
}

Status Ledger::prune(std::int64_t decisions_before_us, std::int32_t visits_before_day) {
  if (auto pruned = db_.query("ledger.prune_decisions").bind(decisions_before_us).run(); !pruned) return pruned;
  if (auto pruned = db_.query("ledger.prune_visits").bind(visits_before_day).run(); !pruned) return pruned;
  return db_.query("leases.prune").bind(decisions_before_us - kKeepSpendsUs).run();
}

Result<std::vector<DecisionRow>> Ledger::decisions() {
  std::vector<DecisionRow> rows;
  auto query = db_.query("ledger.decisions");
  for (;;) {
    const auto found = query.next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return rows;
    rows.push_back({query.text(0), query.text(1), query.text(2), query.text(3), query.integer(4)});
  }
}

Result<std::vector<VisitNumberRow>> Ledger::visits() {
  std::vector<VisitNumberRow> rows;
  auto query = db_.query("ledger.visits");
  for (;;) {
    const auto found = query.next();
    if (!found) return tl::unexpected(found.error());
    if (!*found) return rows;
    rows.push_back(
        {query.text(0), static_cast<std::int32_t>(query.integer(1)), static_cast<std::uint32_t>(query.integer(2))});
  }
}

}  // namespace aisle::store
