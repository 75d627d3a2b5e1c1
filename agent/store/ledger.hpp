// Decisions and visit numbers. Statements only: the caller opens the transaction around them.
#pragma once

#include <string>
#include <vector>

#include "agent/store/sqlite.hpp"
#include "agent/store/store.hpp"

namespace aisle::store {

class Ledger {
 public:
  explicit Ledger(Connection& connection) : db_(connection) {}
  Status add(const DecisionRow& decision);
  Status put(const VisitNumberRow& visit);
  Status add(const LeaseSpendRow& spend);
  // The decisions of a deleted customer go. The numbers of their visits stay under a digest of the id, so that no visit
  // id comes twice on a day.
  Status forget(const std::string& customer);
  // Everything of the customer goes: how much there was.
  struct Erased {
    std::uint64_t decisions = 0, visit_numbers = 0;
  };
  Result<Erased> erase(const std::string& customer);
  // Deletes what is older.
  Status prune(std::int64_t decisions_before_us, std::int32_t visits_before_day);
  Result<std::vector<DecisionRow>> decisions();
  Result<std::vector<VisitNumberRow>> visits();
  Result<std::vector<LeaseSpendRow>> lease_spends();

 private:
  Connection& db_;
};

}  // namespace aisle::store
