// The cloud's side of one dataset: the records of a file, the deltas between its versions, and snapshots in pages.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/random.hpp"
#include "agent/model/dataset.hpp"
#include "agent/records/records.hpp"
#include "agent/seal/box.hpp"

namespace aisle::cloud {

class CloudDataset {
 public:
  // A new epoch of random name; the cursor begins at 1 with the first load.
  CloudDataset(Dataset dataset, std::string path, Random& random, std::optional<seal::BoxPublic> seal_for = {});

  // Reads the file; the delta to push when records changed since the last load. Error: the file cannot be read; the set
  // stays.
  Result<std::optional<nlohmann::json>> load();
  // Whether the file changed since the last load (size or modification time).
  [[nodiscard]] bool changed_on_disk() const;

  // What to answer a gateway's sync request with, one message each, in order.
  [[nodiscard]] std::vector<nlohmann::json> answer(const nlohmann::json& request);

  [[nodiscard]] Dataset dataset() const { return dataset_; }
  [[nodiscard]] std::size_t count() const { return records_.size(); }

 private:
  using Records = std::map<std::string, nlohmann::json>;
  struct Page {
    std::vector<nlohmann::json> upserts;
  };

  [[nodiscard]] nlohmann::json delta_to(const Records& fresh) const;
  [[nodiscard]] std::vector<nlohmann::json> wire(const std::vector<const nlohmann::json*>& records) const;
  [[nodiscard]] nlohmann::json wire_keys(std::int64_t day, ByteSpan packed) const;
  void make_snapshot(std::size_t max_bytes);
  [[nodiscard]] nlohmann::json page(std::size_t index) const;

  Dataset dataset_;
  std::string path_;
  std::string epoch_;
  Random& random_;
  std::optional<seal::BoxPublic> seal_for_;
  Records records_;
  std::uint64_t cursor_ = 0;
  std::deque<nlohmann::json> deltas_;  // consecutive, the newest last
  std::string snapshot_id_;
  std::uint64_t snapshot_cursor_ = 0;
  std::vector<Page> snapshot_;
  std::int64_t file_time_ = 0;
  std::uintmax_t file_size_ = 0;
};

}  // namespace aisle::cloud
