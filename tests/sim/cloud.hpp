// The cloud's side of the datasets, in memory: deltas, snapshots in pages, epochs that change.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "agent/base/random.hpp"
#include "agent/model/dataset.hpp"

namespace aisle::sim {

class CloudSet {
 public:
  CloudSet(Dataset dataset, Random& random) : dataset_(dataset), random_(random), epoch_(random.identifier(8)) {}

  // Changes the set and gives the delta.
  std::string change(const std::vector<std::string>& deletes, const std::vector<nlohmann::json>& upserts);
  // What a request is answered with, in order.
  [[nodiscard]] std::vector<std::string> answer(const nlohmann::json& request);
  // Begins anew: nobody can continue from what they have.
  void change_epoch();
  // Forgets the deltas: who is behind gets a snapshot.
  void forget_deltas() { deltas_.clear(); }

  [[nodiscard]] Dataset dataset() const { return dataset_; }
  [[nodiscard]] const std::string& epoch() const { return epoch_; }
  [[nodiscard]] std::uint64_t cursor() const { return cursor_; }
  // By id; a key's is "day/ordinal".
  [[nodiscard]] const std::map<std::string, nlohmann::json>& records() const { return records_; }

 private:
  [[nodiscard]] std::string page(std::size_t index) const;
  void make_snapshot();

  Dataset dataset_;
  Random& random_;
  std::string epoch_;
  std::uint64_t cursor_ = 1;
  std::map<std::string, nlohmann::json> records_;
  std::deque<std::pair<std::uint64_t, std::string>> deltas_;  // from, text
  std::string snapshot_;
  std::uint64_t snapshot_cursor_ = 0;
  std::vector<std::vector<nlohmann::json>> pages_;
};

}  // namespace aisle::sim
