// The embedded .sql files. Migrations are whole scripts; the others hold statements, each under a line "-- :name x".
#pragma once

#include <span>
#include <string_view>

#include "agent/base/result.hpp"

namespace aisle::store {

struct SqlFile {
  std::string_view name;  // without ".sql"
  std::string_view text;
};

// All files, sorted by name.
[[nodiscard]] std::span<const SqlFile> sql_files();

// "outbox.append": the statement under "-- :name append" of outbox.sql. Error: no such file or statement.
[[nodiscard]] Result<std::string_view> named_sql(std::string_view name);

}  // namespace aisle::store
