// Opens the database file: pragmas, identity, integrity, migrations; a corrupt file is set aside.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agent/store/cipher_vfs.hpp"
#include "agent/store/sqlite.hpp"
#include "agent/store/store.hpp"

namespace aisle::store {

// PRAGMA application_id: "AISL".
inline constexpr std::int64_t kApplicationId = 0x4149534C;

struct OpenedDatabase {
  std::unique_ptr<CipherVfs> cipher;  // of a sealed one; goes last
  Connection connection;
  std::optional<std::string> quarantined{};  // where the corrupt file was moved to
  bool sealed_now = false;                   // it was plain before
};

// Error, with the file left as it was: cannot be opened, in use, of another program, of a newer schema, sealed under
// another key or without one given.
Result<OpenedDatabase> open_database(const StoreOptions& options);

// The newest schema version that this build knows: the highest number of a migration file.
[[nodiscard]] std::int64_t newest_schema();

}  // namespace aisle::store
