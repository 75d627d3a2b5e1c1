// How far an update is, on the disk before each step that cannot be undone by forgetting it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/base/time.hpp"

namespace aisle::update {

enum class Step {
  prepared,      // nothing is changed but that the daemon may be stopped
  installing,    // way back and copy of the database are whole; the new version may be there, and run
  rolling_back,  // decided
  confirmed,     // decided
};

struct Journal {
  Step step = Step::prepared;
  std::string command, before, after;  // versions as Debian has them
  std::int64_t schema = 0;             // of the database, before
  bool online = false;                 // the daemon was, before
  seconds confirm_within{300};
  bool restore = false;  // of rolling_back: the database before is put back
  std::string why;       // of rolling_back
};

[[nodiscard]] Status write_journal(const std::string& path, const Journal& journal);
// None: no update is under way. Error: there is one that cannot be understood.
[[nodiscard]] Result<std::optional<Journal>> read_journal(const std::string& path);

}  // namespace aisle::update
