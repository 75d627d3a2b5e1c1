// Opens the database file: pragmas, identity, integrity, migrations; a corrupt file is set aside.
#pragma once

#include <optional>
#include <string>

#include "agent/store/sqlite.hpp"

namespace aisle::store {

// PRAGMA application_id: "AISL".
inline constexpr std::int64_t kApplicationId = 0x4149534C;

struct OpenedDatabase {
  Connection connection;
  std::optional<std::string> quarantined;  // where the corrupt file was moved to
};

// Error, with the file left as it was: cannot be opened, in use, of another program, or of a newer schema.
Result<OpenedDatabase> open_database(const std::string& path, const std::string& vfs);

// The newest schema version that this build knows: the highest number of a migration file.
[[nodiscard]] std::int64_t newest_schema();

}  // namespace aisle::store
