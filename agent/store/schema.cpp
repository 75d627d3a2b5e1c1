#include "agent/store/schema.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <system_error>

#include "agent/store/sealing.hpp"
#include "agent/store/sql.hpp"

namespace aisle::store {
namespace {

namespace fs = std::filesystem;

// A database up to this size is checked at every start; a larger one only after an unclean stop (its write-ahead log is
// still there). quick_check reads the whole file: about 0.2 s for 16 MiB from an SD card.
constexpr std::uintmax_t kAlwaysCheckBytes = 16U << 20U;

// Before anything else. The log's index stays in memory with an exclusive lock: no -shm file wears the card.
constexpr const char* kLockPragmas = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA busy_timeout = 0;";
// For a new file only: on an old one auto_vacuum would write, and nothing could be opened on a full disk.
constexpr const char* kNewFilePragmas = "PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL;";
// Cache in KiB. The log is cut back to 8 MiB after a large change.
constexpr const char* kPragmas =
    "PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;"
    "PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA cache_size = -4096;"
    "PRAGMA wal_autocheckpoint = 1000; PRAGMA journal_size_limit = 8388608;";

struct OpenFailure {
  Error error;
  bool corrupt = false;
};
using Attempt = tl::expected<Connection, OpenFailure>;

tl::unexpected<OpenFailure> failed(const Connection& connection, const Error& error) {
  return tl::unexpected<OpenFailure>(OpenFailure{error, is_corruption(connection.last_code())});
}
tl::unexpected<OpenFailure> refused(Error error) {
  return tl::unexpected<OpenFailure>(OpenFailure{std::move(error), false});
}

// The number of "001_begin"; 0 for a file that is no migration.
std::int64_t migration_number(std::string_view name) {
  std::int64_t number = 0;
  if (name.size() < 4 || name[3] != '_') return 0;
  const auto parsed = std::from_chars(name.data(), name.data() + 3, number);
  return parsed.ptr == name.data() + 3 ? number : 0;
}

bool left_unclean(const std::string& path) {
  std::error_code error;
  const auto size = fs::file_size(path + "-wal", error);
  return !error && size > 0;
}

bool is_small(const std::string& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  return error || size <= kAlwaysCheckBytes;
}

// Ours, of a version that we know, or empty: the version. Reads only.
tl::expected<std::int64_t, OpenFailure> identify(Connection& connection, const std::string& path) {
  const auto version = connection.integer("PRAGMA user_version");
  if (!version) return failed(connection, version.error());
  const auto application = connection.integer("PRAGMA application_id");
  if (!application) return failed(connection, application.error());
  const auto objects = connection.integer("SELECT count(*) FROM sqlite_schema");
  if (!objects) return failed(connection, objects.error());
  if (*objects > 0 && *application != kApplicationId) {
    return refused(Error(fmt::format("{} is the database of another program; name another state directory", path)));
  }
  if (*version > newest_schema()) {
    return refused(
        Error(fmt::format("{} has schema version {}, this program knows up to {}; it was left as it is; install "
                          "the newer program or move the file away",
                          path, *version, newest_schema())));
  }
  return *version;
}

// A page that cannot be read shows in the verdict as "... error code=266", and is no corruption: the disk may be better
// the next time, and the file must not be set aside for it.
bool says_unreadable(std::string_view verdict) {
  constexpr std::string_view kCode = "error code=";
  const auto at = verdict.find(kCode);
  if (at == std::string_view::npos) return false;
  int code = 0;
  const std::string_view digits = verdict.substr(at + kCode.size());
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), code);
  return parsed.ec == std::errc() && !is_corruption(code);
}

// "ok", or what is wrong. A read that fails for a moment shows as something wrong, too; what is corrupt stays so.
Result<std::string> verdict_of(Connection& connection) {
  constexpr int kTries = 8;
  Result<std::string> verdict = std::string();
  for (int i = 0; i < kTries; ++i) {
    verdict = connection.text("PRAGMA quick_check(1)");
    if (!verdict || *verdict == "ok") break;
  }
  return verdict;
}

// After a sync that failed the log may be whole in the kernel's memory and torn on the disk, and stay so: what is read
// from it here is written anew, before anything is appended to it. A full disk must not keep us from starting.
Status renew_log(Connection& connection) {
  constexpr int kTries = 3;
  Status renewed;
  for (int i = 0; i < kTries; ++i) {
    renewed = connection.restart_log();
    if (renewed || is_full(connection.last_code())) return {};
  }
  return renewed;
}

Status migrate(Connection& connection, std::int64_t version) {
  for (const SqlFile& file : sql_files()) {  // sorted by name, so by number
    const std::int64_t number = migration_number(file.name);
    if (number <= version) continue;
    auto transaction = Transaction::begin(connection);
    if (!transaction) return tl::unexpected(transaction.error());
    const std::string script =
        fmt::format("{}\nPRAGMA user_version = {};\nPRAGMA application_id = {};", file.text, number, kApplicationId);
    if (auto applied = connection.execute(file.name, script); !applied) return applied;
    if (auto committed = transaction->commit(); !committed) return committed;
  }
  return {};
}

// Day keys rest in there: not for everybody to read. SQLite gives a new log the mode of its database; what goes wrong
// here, opening it will say.
void keep_private(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
  if (fd >= 0) ::close(fd);
  std::error_code ignored;
  for (const char* suffix : {"", "-wal"})
    fs::permissions(path + suffix, fs::perms::others_all, fs::perm_options::remove, ignored);
}

struct Target {
  std::string path;
  std::string vfs;      // what SQLite is given
  bool on_disk = true;  // not through a VFS that was handed in
  bool sealed = false;
};

Attempt attempt_open(const Target& target) {
  const std::string& path = target.path;
  if (target.on_disk) keep_private(path);
  const bool check = left_unclean(path) || is_small(path);
  auto opened = Connection::open(path, target.vfs);
  if (!opened) return refused(opened.error());
  Connection& connection = *opened;
  if (target.sealed) {
    if (auto reserved = connection.reserve(static_cast<int>(seal::kSealBytes)); !reserved)
      return failed(connection, reserved.error());
  }
  if (auto set = connection.execute("lock pragmas", kLockPragmas); !set) return failed(connection, set.error());
  const auto version = identify(connection, path);
  if (!version) {
    connection.keep_log_on_close();
    return tl::unexpected<OpenFailure>(version.error());
  }
  if (*version == 0) {
    if (auto set = connection.execute("pragmas of a new file", kNewFilePragmas); !set)
      return failed(connection, set.error());
  }
  if (auto set = connection.execute("pragmas", kPragmas); !set) return failed(connection, set.error());
  const auto mode = connection.text("PRAGMA journal_mode = WAL");
  if (!mode) return failed(connection, mode.error());
  if (*mode != "wal") return refused(Error(fmt::format("{}: journal mode {} instead of wal", path, *mode)));
  if (check) {
    const auto verdict = verdict_of(connection);
    if (!verdict) return failed(connection, verdict.error());
    if (says_unreadable(*verdict)) return refused(Error(fmt::format("{} cannot be read: {}", path, *verdict)));
    if (*verdict != "ok") return tl::unexpected<OpenFailure>(OpenFailure{Error(*verdict), true});
  }
  if (auto renewed = renew_log(connection); !renewed) return failed(connection, renewed.error());
  if (auto migrated = migrate(connection, *version); !migrated) return failed(connection, migrated.error());
  return std::move(connection);
}

// Moves the database and what belongs to it beside itself, under the first free number.
Result<std::string> quarantine(const std::string& path) {
  std::error_code error;
  int number = 1;
  const auto target = [&] { return fmt::format("{}.corrupt-{}", path, number); };
  while (fs::exists(target(), error) || fs::exists(target() + "-wal", error)) ++number;
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    if (!fs::exists(path + suffix, error)) continue;
    fs::rename(path + suffix, target() + suffix, error);
    if (error) return fail("{}{} is corrupt and cannot be moved aside: {}", path, suffix, error.message());
  }
  return target();
}

// Error: it must not be opened so. Afterwards a plain file is one that is to be sealed.
Result<AtRest> prepare_file(const StoreOptions& options, CipherVfs* cipher) {
  const auto start = look_at(options.path, cipher == nullptr ? nullptr : &cipher->cipher());
  if (!start) return tl::unexpected(start.error());
  if (cipher == nullptr) {
    if (start->rest != AtRest::sealed) return start->rest;
    return fail("{} is sealed and needs [privacy] master_key, which is not set; sealing is not turned off again",
                options.path);
  }
  if (start->foreign_key)
    return fail(
        "{} is sealed under another master key; it was left as it is; name the right one in [privacy] "
        "master_key, or move the file away",
        options.path);
  if (auto tidy = tidy_up_sealing(options.path, start->rest); !tidy) return tl::unexpected(tidy.error());
  return start->rest;
}

// Nothing but its log is left: SQLite would remove that too.
bool is_emptied(const std::string& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  return (error || size == 0) && left_unclean(path);
}

// Opens, and when that shows a corrupt file, sets it aside.
Attempt open_or_set_aside(const Target& target, std::optional<std::string>& quarantined) {
  auto attempt = attempt_open(target);
  if (attempt || !attempt.error().corrupt) return attempt;
  auto moved = quarantine(target.path);
  if (!moved) return refused(moved.error());
  quarantined = std::move(*moved);
  return attempt;
}

Status seal_file(const StoreOptions& options, CipherVfs& cipher, std::optional<std::string>& quarantined) {
  auto plain = open_or_set_aside({options.path, options.vfs, options.vfs.empty(), false}, quarantined);
  if (quarantined) return {};
  if (!plain) return tl::unexpected(plain.error().error);
  return seal_database(options.path, std::move(*plain), cipher, *options.master_key);
}

}  // namespace

std::int64_t newest_schema() {
  std::int64_t newest = 0;
  for (const SqlFile& file : sql_files()) newest = std::max(newest, migration_number(file.name));
  return newest;
}

Result<OpenedDatabase> open_database(const StoreOptions& options) {
  OpenedDatabase out;
  Target target{options.path, options.vfs, options.vfs.empty(), options.master_key.has_value()};
  if (options.master_key) {
    auto cipher = CipherVfs::create(*options.master_key, options.vfs);
    if (!cipher) return tl::unexpected(cipher.error());
    out.cipher = std::move(*cipher);
    target.vfs = out.cipher->name();
  }
  if (target.on_disk && is_emptied(target.path)) {
    auto moved = quarantine(target.path);
    if (!moved) return tl::unexpected(moved.error());
    out.quarantined = std::move(*moved);
  }
  const auto rest = prepare_file(options, out.cipher.get());
  if (!rest) return tl::unexpected(rest.error().within("cannot open the store"));
  if (out.cipher && *rest == AtRest::plain) {
    if (auto sealed = seal_file(options, *out.cipher, out.quarantined); !sealed)
      return tl::unexpected(sealed.error().within("cannot seal the store"));
    out.sealed_now = true;
  }
  auto attempt = open_or_set_aside(target, out.quarantined);
  if (!attempt && attempt.error().corrupt) attempt = attempt_open(target);
  if (!attempt)
    return tl::unexpected(
        attempt.error().error.within(out.quarantined ? "cannot begin a new store" : "cannot open the store"));
  out.connection = std::move(*attempt);
  return out;
}

}  // namespace aisle::store
