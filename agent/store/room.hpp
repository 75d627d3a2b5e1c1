// Keeps the database from filling its file system to the last byte: without room for the log nothing could be deleted
// any more, and what was delivered would never make room. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "agent/store/sqlite.hpp"

namespace aisle::store {

class Room {
 public:
  using FreeBytes = std::function<std::optional<std::uint64_t>()>;
  // `free_bytes`: what the file system of the database has left; nothing: unknown, and taken as enough.
  Room(Connection& connection, FreeBytes free_bytes) : db_(connection), free_bytes_(std::move(free_bytes)) {}

  // Whether `bytes` of rows can be written so that the log still has its room. May write the log into the database.
  Status check(std::uint64_t bytes);

 private:
  struct Need {
    std::uint64_t database = 0;  // by which the file will grow
    std::uint64_t log = 0;       // beyond what is there to be overwritten
  };
  Result<Need> need(std::uint64_t bytes, bool log_is_free);

  Connection& db_;
  FreeBytes free_bytes_;
};

// What a user without privileges may still write beside `path`.
[[nodiscard]] std::optional<std::uint64_t> free_bytes_beside(const std::string& path);

}  // namespace aisle::store
