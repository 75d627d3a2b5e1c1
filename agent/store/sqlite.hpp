// The one wrapper of sqlite3: a connection with its prepared statements, and transactions. Not thread-safe: one thread
// at a time. Errors name the statement and carry SQLite's message; `last_code` has its extended result code.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "agent/base/hex.hpp"
#include "agent/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace aisle::store {

class Connection;

// One run of a prepared statement: bind the parameters in order, then `run` or `next`. Bound text and blobs are not
// copied and must live until then. A failed bind is reported by `run` or `next`. Reset on destruction.
class Query {
 public:
  Query(Connection& connection, std::string_view name, Result<sqlite3_stmt*> statement);
  Query(Query&& other) noexcept;
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  Query& operator=(Query&&) = delete;
  ~Query();

  Query& bind(std::int64_t value);
  // Error above 2^63 - 1, which SQLite cannot hold.
  Query& bind(std::uint64_t value);
  Query& bind(std::int32_t value) { return bind(std::int64_t{value}); }
  Query& bind(std::uint32_t value) { return bind(std::int64_t{value}); }
  Query& bind(bool value) { return bind(std::int64_t{value ? 1 : 0}); }
  Query& bind(std::string_view text);
  Query& bind(const std::string& text) { return bind(std::string_view(text)); }
  Query& bind(const char*) = delete;
  Query& bind(ByteSpan blob);

  // Steps to the end, ignoring rows.
  Status run();
  // True: a row is there, its columns can be read.
  Result<bool> next();

  // Columns of the current row, from 0; SQLite's conversions apply (NULL is 0 or empty).
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::uint64_t unsigned_integer(int column) const;
  [[nodiscard]] bool null(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] Bytes blob(int column) const;

 private:
  void check(int code);
  tl::unexpected<Error> failure(int code);

  Connection& connection_;
  std::string name_;
  sqlite3_stmt* statement_ = nullptr;
  int parameter_ = 0;
  Status status_;
};

class Connection {
 public:
  Connection() = default;
  // Opens or creates `path` through the VFS named `vfs` (empty: the default).
  static Result<Connection> open(const std::string& path, const std::string& vfs);
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Runs a script of several statements; `name` is for the error.
  Status execute(std::string_view name, const std::string& script);
  // A statement of the embedded files, prepared once: "outbox.append".
  Query query(std::string_view name);
  // One integer of an ad-hoc statement, such as "PRAGMA user_version".
  Result<std::int64_t> integer(const std::string& statement);
  Result<std::string> text(const std::string& statement);

  // Rows changed by the last INSERT, UPDATE or DELETE.
  [[nodiscard]] std::int64_t changes() const;
  [[nodiscard]] bool in_transaction() const;
  // The extended result code of the last failure of this connection.
  [[nodiscard]] int last_code() const { return last_code_; }
  // Copies the write-ahead log into the database and empties it, so that erased content leaves the disk.
  Status truncate_log();
  // Copies the write-ahead log into the database and lets it be written from its start again.
  Status restart_log();
  // Keeps so many bytes at the end of each page free: in a new database, or in what VACUUM writes.
  Status reserve(int bytes);
  struct FileSizes {
    std::uint64_t database = 0, log = 0;
  };
  // As they are on the disk; 0 where there is no file.
  [[nodiscard]] FileSizes file_sizes() const;
  // Leaves the write-ahead log alone on close.
  void keep_log_on_close();
  void close();

 private:
  friend class Query;
  Result<sqlite3_stmt*> prepare(std::string_view name, std::string_view sql);
  tl::unexpected<Error> failure(std::string_view name, int code);

  struct Statement {
    explicit Statement(sqlite3_stmt* prepared) : handle(prepared) {}
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement();
    sqlite3_stmt* handle;
  };
  sqlite3* handle_ = nullptr;
  int last_code_ = 0;
  std::map<std::string, std::unique_ptr<Statement>, std::less<>> statements_;
};

// BEGIN IMMEDIATE; rolled back on destruction unless committed.
class Transaction {
 public:
  static Result<Transaction> begin(Connection& connection);
  Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Status commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

// The database file cannot be read as a database: SQLITE_CORRUPT or SQLITE_NOTADB.
[[nodiscard]] bool is_corruption(int code);
// The data, not the disk, is at fault; trying again fails again: SQLITE_CONSTRAINT, SQLITE_TOOBIG, SQLITE_MISMATCH,
// SQLITE_RANGE.
[[nodiscard]] bool is_refusal(int code);
// SQLITE_FULL.
[[nodiscard]] bool is_full(int code);

}  // namespace aisle::store
