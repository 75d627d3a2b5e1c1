#include "agent/store/sqlite.hpp"

#include <sqlite3.h>

#include <limits>

#include "agent/store/sql.hpp"

namespace aisle::store {
namespace {

constexpr int kPrimaryCode = 0xff;  // an extended result code keeps the primary one in its low byte

}  // namespace

bool is_corruption(int code) {
  const int primary = code & kPrimaryCode;
  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
}

bool is_refusal(int code) {
  const int primary = code & kPrimaryCode;
  return primary == SQLITE_CONSTRAINT || primary == SQLITE_TOOBIG || primary == SQLITE_MISMATCH ||
         primary == SQLITE_RANGE;
}

bool is_full(int code) {
  return (code & kPrimaryCode) == SQLITE_FULL;
}

Query::Query(Connection& connection, std::string_view name, Result<sqlite3_stmt*> statement)
    : connection_(connection), name_(name) {
  if (statement) {
    statement_ = *statement;
  } else {
    status_ = tl::unexpected(statement.error());
  }
}

Query::Query(Query&& other) noexcept
    : connection_(other.connection_),
      name_(std::move(other.name_)),
      statement_(std::exchange(other.statement_, nullptr)),
      parameter_(other.parameter_),
      status_(std::move(other.status_)) {}

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

tl::unexpected<Error> Query::failure(int code) {
  return connection_.failure(name_, code);
}

void Query::check(int code) {
  if (code != SQLITE_OK && status_) status_ = failure(code);
}

Query& Query::bind(std::int64_t value) {
  if (status_) check(sqlite3_bind_int64(statement_, ++parameter_, value));
  return *this;
}

Query& Query::bind(std::uint64_t value) {
  if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    check(SQLITE_RANGE);
    return *this;
  }
  return bind(static_cast<std::int64_t>(value));
}

Query& Query::bind(std::string_view text) {
  const char* data = text.data() == nullptr ? "" : text.data();
  if (status_) check(sqlite3_bind_text64(statement_, ++parameter_, data, text.size(), nullptr, SQLITE_UTF8));
  return *this;
}

Query& Query::bind(ByteSpan blob) {
  if (!status_) return *this;
  ++parameter_;
  check(blob.empty() ? sqlite3_bind_zeroblob(statement_, parameter_, 0)
                     : sqlite3_bind_blob64(statement_, parameter_, blob.data(), blob.size(), nullptr));
  return *this;
}

Status Query::run() {
  for (;;) {
    const auto row = next();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
  }
}

Result<bool> Query::next() {
  if (!status_) return tl::unexpected(status_.error());
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return failure(code);
}

std::int64_t Query::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::uint64_t Query::unsigned_integer(int column) const {
  return static_cast<std::uint64_t>(sqlite3_column_int64(statement_, column));
}

bool Query::null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::string Query::text(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}

Bytes Query::blob(int column) const {
  const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return data == nullptr ? Bytes() : Bytes(data, data + size);
}

Connection::Statement::~Statement() {
  sqlite3_finalize(handle);
}

Result<Connection> Connection::open(const std::string& path, const std::string& vfs) {
  Connection connection;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    SQLITE_OPEN_URI;  // for VACUUM INTO through another VFS
  const int code = sqlite3_open_v2(path.c_str(), &connection.handle_, flags, vfs.empty() ? nullptr : vfs.c_str());
  if (code != SQLITE_OK) return connection.failure("open " + path, code);
  return connection;
}

Connection::Connection(Connection&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)),
      last_code_(other.last_code_),
      statements_(std::move(other.statements_)) {}

Connection& Connection::operator=(Connection&& other) noexcept {
  if (this == &other) return *this;
  close();
  handle_ = std::exchange(other.handle_, nullptr);
  last_code_ = other.last_code_;
  statements_ = std::move(other.statements_);
  return *this;
}

Connection::~Connection() {
  close();
}

void Connection::close() {
  statements_.clear();
  sqlite3_close_v2(std::exchange(handle_, nullptr));
}

tl::unexpected<Error> Connection::failure(std::string_view name, int code) {
  last_code_ = code;
  const char* text = handle_ != nullptr && (sqlite3_extended_errcode(handle_) == code) ? sqlite3_errmsg(handle_)
                                                                                       : sqlite3_errstr(code);
  return fail("{}: {} (SQLite code {})", name, text, code);
}

Status Connection::execute(std::string_view name, const std::string& script) {
  const int code = sqlite3_exec(handle_, script.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(name, code);
  return {};
}

Result<sqlite3_stmt*> Connection::prepare(std::string_view name, std::string_view sql) {
  const auto known = statements_.find(name);
  if (known != statements_.end()) return known->second->handle;
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &prepared, nullptr);
  if (code != SQLITE_OK) return failure(name, code);
  statements_.emplace(std::string(name), std::make_unique<Statement>(prepared));
  return prepared;
}

Query Connection::query(std::string_view name) {
  const auto known = statements_.find(name);
  if (known != statements_.end()) return {*this, name, known->second->handle};
  const auto sql = named_sql(name);
  if (!sql) return {*this, name, tl::unexpected(sql.error())};
  return {*this, name, prepare(name, *sql)};
}

Result<std::int64_t> Connection::integer(const std::string& statement) {
  Query query(*this, statement, prepare(statement, statement));
  const auto row = query.next();
  if (!row) return tl::unexpected(row.error());
  return *row ? query.integer(0) : 0;
}

Result<std::string> Connection::text(const std::string& statement) {
  Query query(*this, statement, prepare(statement, statement));
  const auto row = query.next();
  if (!row) return tl::unexpected(row.error());
  return *row ? query.text(0) : std::string();
}

std::int64_t Connection::changes() const {
  return sqlite3_changes64(handle_);
}

bool Connection::in_transaction() const {
  return handle_ != nullptr && sqlite3_get_autocommit(handle_) == 0;
}

Status Connection::truncate_log() {
  const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code != SQLITE_OK) return failure("checkpoint", code);
  return {};
}

Status Connection::restart_log() {
  const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
  if (code != SQLITE_OK) return failure("checkpoint", code);
  return {};
}

Status Connection::reserve(int bytes) {
  const int code = sqlite3_file_control(handle_, "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes);
  if (code != SQLITE_OK) return failure("reserve", code);
  return {};
}

Connection::FileSizes Connection::file_sizes() const {
  const auto size_of = [this](int which) -> std::uint64_t {
    sqlite3_file* file = nullptr;
    sqlite3_int64 size = 0;
    if (sqlite3_file_control(handle_, nullptr, which, static_cast<void*>(&file)) != SQLITE_OK) return 0;
    if (file == nullptr || file->pMethods == nullptr) return 0;
    return file->pMethods->xFileSize(file, &size) == SQLITE_OK ? static_cast<std::uint64_t>(size) : 0;
  };
  return {size_of(SQLITE_FCNTL_FILE_POINTER), size_of(SQLITE_FCNTL_JOURNAL_POINTER)};
}

void Connection::keep_log_on_close() {
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

Result<Transaction> Transaction::begin(Connection& connection) {
  if (auto begun = connection.query("transaction.begin").run(); !begun) return tl::unexpected(begun.error());
  return Transaction(connection);
}

Transaction::~Transaction() {
  // SQLite itself rolls back on some errors; a second ROLLBACK would only report that.
  if (connection_ != nullptr && connection_->in_transaction()) {
    static_cast<void>(connection_->query("transaction.rollback").run());
  }
}

Status Transaction::commit() {
  if (auto committed = connection_->query("transaction.commit").run(); !committed) return committed;
  connection_ = nullptr;
  return {};
}

}  // namespace aisle::store
