// The daemon's database as it was before an update, while no daemon runs.
#pragma once

#include <cstdint>
#include <string>

#include "agent/base/result.hpp"

namespace aisle::update {

class DatabaseCopy {
 public:
  // `folder`: ours alone.
  DatabaseCopy(std::string state_dir, std::string folder)
      : state_dir_(std::move(state_dir)), folder_(std::move(folder)) {}

  // Bytes that a copy takes. Error: more than any database of the daemon's has.
  [[nodiscard]] Result<std::uint64_t> size() const;
  // With its log, on the disk when it returns. There may be no database. What an earlier update had set aside goes.
  // Error: also where it has come to be longer than `most` since it was looked at.
  Status take(std::uint64_t most);
  // What is there now is set aside as "aisle.db.of-VERSION". Can be repeated after an interruption.
  Status put_back(const std::string& version);
  void discard();

 private:
  std::string state_dir_, folder_;
};

}  // namespace aisle::update
