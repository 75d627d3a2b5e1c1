#include "agent/store/sealing.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

#include "agent/base/fd.hpp"
#include "agent/store/day_wrappers.hpp"

namespace aisle::store {
namespace {

namespace fs = std::filesystem;

// Beside the database: the copy while it is made, and the plain one while it is wiped.
std::string copy_of(const std::string& path) {
  return path + ".sealing";
}
std::string remains_of(const std::string& path) {
  return path + ".unsealed";
}

tl::unexpected<Error> failure(std::string_view what, const std::string& path) {
  return fail("{} {}: {}", what, path, std::generic_category().message(errno));
}

Fd open_plain(const std::string& path, int flags) {
  return Fd(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW));
}

Status sync(const std::string& path, int flags) {
  const Fd file = open_plain(path, flags);
  if (!file || fsync(file.get()) != 0) return failure("cannot sync", path);
  return {};
}

Status sync_directory_of(const std::string& path) {
  const std::string directory = fs::path(path).parent_path().string();
  return sync(directory.empty() ? "." : directory, O_RDONLY | O_DIRECTORY);
}

Status overwrite(const Fd& file, off_t from, off_t end) {
  static constexpr std::array<char, 65536> kZeros{};
  while (from < end) {
    const auto part = std::min<std::size_t>(kZeros.size(), static_cast<std::size_t>(end - from));
    const auto written = pwrite(file.get(), kZeros.data(), part, from);
    if (written <= 0) return fail("{}", std::generic_category().message(errno));
    from += written;
  }
  if (fsync(file.get()) != 0) return fail("{}", std::generic_category().message(errno));
  return {};
}

// The beginning first and for good: a log that has one and no end would bring back what is old.
Status overwrite(const std::string& path) {
  const Fd file = open_plain(path, O_WRONLY);
  if (!file) return failure("cannot open", path);
  const off_t size = lseek(file.get(), 0, SEEK_END);
  const off_t beginning = std::min<off_t>(size, kPageBytes);
  auto done = overwrite(file, 0, beginning);
  if (done) done = overwrite(file, beginning, size);
  if (!done) return tl::unexpected(done.error().within("cannot overwrite " + path));
  return {};
}

Status remove(const std::string& path) {
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return failure("cannot remove", path);
  return {};
}

// What was plain is overwritten before its name goes. What the card's controller keeps of it is out of reach.
Status wipe(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return {};
  if (auto done = overwrite(path); !done) return done;
  return remove(path);
}

// Of a path, for SQLite.
std::string uri_of(const std::string& path, const std::string& vfs) {
  std::string out = "file:";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("/._-").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02x}", static_cast<unsigned char>(c));
  }
  return out + "?vfs=" + vfs;
}

// The log's content is in the database before it is left behind.
Status copy_sealed(Connection& plain, const std::string& copy, const CipherVfs& vfs) {
  if (auto emptied = plain.restart_log(); !emptied) return emptied;
  plain.keep_log_on_close();
  if (auto reserved = plain.reserve(static_cast<int>(seal::kSealBytes)); !reserved) return reserved;
  return plain.execute("VACUUM INTO", fmt::format("VACUUM INTO '{}'", uri_of(copy, vfs.name())));
}

// The copy is nobody's until it is whole: it needs no journal.
Status finish_copy(const std::string& copy, const CipherVfs& vfs, const seal::MasterKey& key) {
  auto opened = Connection::open(copy, vfs.name());
  if (!opened) return tl::unexpected(opened.error());
  if (auto set = opened->execute("pragmas of the copy",
                                 "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF; PRAGMA synchronous = "
                                 "FULL; PRAGMA temp_store = MEMORY;");
      !set)
    return set;
  auto transaction = Transaction::begin(*opened);
  if (!transaction) return tl::unexpected(transaction.error());
  if (auto wrapped = DayWrappers(*opened, key).wrap_all(); !wrapped) return wrapped;
  if (auto committed = transaction->commit(); !committed) return committed;
  const auto verdict = opened->text("PRAGMA quick_check(1)");
  if (!verdict) return tl::unexpected(verdict.error());
  if (*verdict != "ok") return fail("the sealed copy {}: {}", copy, *verdict);
  const auto mode = opened->text("PRAGMA journal_mode = WAL");
  if (!mode) return tl::unexpected(mode.error());
  opened->close();
  return sync(copy, O_RDONLY);
}

Status exchange(const std::string& path) {
  // Two names for the plain one: it can be wiped after the other has taken its place, by the next start if need be.
  if (link(path.c_str(), remains_of(path).c_str()) != 0) return failure("cannot set aside", path);
  if (auto synced = sync_directory_of(path); !synced) return synced;
  if (rename(copy_of(path).c_str(), path.c_str()) != 0) return failure("cannot replace", path);
  if (auto synced = sync_directory_of(path); !synced) return synced;
  return wipe(remains_of(path));
}

}  // namespace

Result<FileStart> look_at(const std::string& path, PageCipher* cipher) {
  std::error_code missing;
  if (!fs::exists(path, missing)) return FileStart{};
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string start(kPageBytes, '\0');
  if (file) file.read(start.data(), static_cast<std::streamsize>(start.size()));
  if (!file && !file.eof()) return failure("cannot read", path);
  if (file.gcount() == 0) return FileStart{};
  if (std::string_view(start).starts_with(kPlainMark)) return FileStart{AtRest::plain};
  if (!std::string_view(start).starts_with(kMarkName)) return FileStart{AtRest::unknown};
  FileStart out{AtRest::sealed};
  if (cipher == nullptr) return out;
  // Another id alone may be damage to the mark; the page then opens all the same.
  const auto page = std::as_bytes(std::span(start)).first<kPageBytes>();
  std::array<std::byte, kPageBytes> scratch{};
  out.foreign_key = !std::ranges::equal(page.first<std::tuple_size_v<Mark>>(), cipher->mark()) &&
                    !cipher->open(PagePlace::database, 1, page, scratch);
  return out;
}

Status seal_database(const std::string& path, Connection plain, CipherVfs& vfs, const seal::MasterKey& key) {
  const std::string copy = copy_of(path);
  if (auto copied = copy_sealed(plain, copy, vfs); !copied) return copied;
  plain.close();
  if (auto finished = finish_copy(copy, vfs, key); !finished) return finished;
  std::error_code error;
  fs::permissions(copy, fs::status(path, error).permissions(), error);
  if (auto wiped = wipe(path + "-wal"); !wiped) return wiped;
  return exchange(path);
}

Status tidy_up_sealing(const std::string& path, AtRest rest) {
  for (const char* suffix : {"-journal", "-wal", ""}) {
    if (auto gone = remove(copy_of(path) + suffix); !gone) return gone;
  }
  // Beside a plain database it is another name of the same file.
  return rest == AtRest::plain ? remove(remains_of(path)) : wipe(remains_of(path));
}

}  // namespace aisle::store
