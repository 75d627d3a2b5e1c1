// Takes everything of one customer out of the database. Statements only: the caller opens the transaction around them.
#pragma once

#include <string>

#include "agent/store/datasets.hpp"
#include "agent/store/ledger.hpp"
#include "agent/store/outbox.hpp"

namespace aisle::store {

class Eraser {
 public:
  Eraser(Connection& connection, Outbox& outbox, Datasets& datasets, Ledger& ledger)
      : db_(connection), outbox_(outbox), datasets_(datasets), ledger_(ledger) {}
  Result<Erased> erase(const std::string& customer);

 private:
  Status erase_keys(const std::string& customer, std::map<Dataset, DatasetState>& states, Erased& erased);
  Status erase_records(Dataset dataset, std::vector<std::string> ids, std::map<Dataset, DatasetState>& states,
                       std::uint64_t& count, Erased& erased);
  Status apply(DatasetChange change, std::map<Dataset, DatasetState>& states, std::uint64_t& count, Erased& erased);
  Result<std::vector<std::string>> orders_of(const std::string& customer);

  Connection& db_;
  Outbox& outbox_;
  Datasets& datasets_;
  Ledger& ledger_;
};

}  // namespace aisle::store
