#include "tests/sim/disk_vfs.hpp"

#include <sqlite3.h>

#include <cstring>
#include <new>

namespace aisle::sim {
namespace {

struct OpenFile : sqlite3_file {
  Disk* disk = nullptr;
  Disk::FilePtr* file = nullptr;
  bool log = false;
};

OpenFile& of(sqlite3_file* file) {
  return *static_cast<OpenFile*>(file);
}
Disk& of(sqlite3_vfs* vfs) {
  return *static_cast<Disk*>(vfs->pAppData);
}

int code_of(DiskResult result, int failure) {
  if (result == DiskResult::ok) return SQLITE_OK;
  return result == DiskResult::full ? SQLITE_FULL : failure;
}

int close_file(sqlite3_file* file) {
  delete of(file).file;
  return SQLITE_OK;
}
int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  OpenFile& self = of(file);
  std::size_t got = 0;
  const auto wanted = static_cast<std::size_t>(size);
  const auto result = self.disk->read(**self.file, static_cast<std::size_t>(at), wanted, static_cast<char*>(to), got);
  if (result != DiskResult::ok) return SQLITE_IOERR_READ;
  if (got == wanted) return SQLITE_OK;
  std::memset(static_cast<char*>(to) + got, 0, wanted - got);
  return SQLITE_IOERR_SHORT_READ;
}
int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  OpenFile& self = of(file);
  return code_of(self.disk->write(**self.file, static_cast<std::size_t>(at), static_cast<const char*>(from),
                                  static_cast<std::size_t>(size)),
                 SQLITE_IOERR_WRITE);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return code_of(of(file).disk->truncate(**of(file).file, static_cast<std::size_t>(size)), SQLITE_IOERR_TRUNCATE);
}
int sync_file(sqlite3_file* file, int /*flags*/) {
  return code_of(of(file).disk->sync(**of(file).file, of(file).log), SQLITE_IOERR_FSYNC);
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>((*of(file).file)->content.size());
  return SQLITE_OK;
}
int no_lock(sqlite3_file* /*file*/, int /*level*/) {
  return SQLITE_OK;
}
int not_reserved(sqlite3_file* /*file*/, int* out) {
  *out = 0;
  return SQLITE_OK;
}
int file_control(sqlite3_file* /*file*/, int /*operation*/, void* /*argument*/) {
  return SQLITE_NOTFOUND;
}
int sector_size(sqlite3_file* /*file*/) {
  return 4096;
}
int characteristics(sqlite3_file* /*file*/) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

// Version 1: no shared memory, which a connection with an exclusive lock does not need.
constexpr sqlite3_io_methods kMethods = {
    1,       close_file, read_file,    write_file,   truncate_file, sync_file,       file_size,
    no_lock, no_lock,    not_reserved, file_control, sector_size,   characteristics, nullptr,
    nullptr, nullptr,    nullptr,      nullptr,      nullptr};

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  auto* self = new (file) OpenFile();
  self->pMethods = nullptr;
  auto opened = of(vfs).open(path == nullptr ? "temporary" : path);
  if (!opened) return SQLITE_CANTOPEN;
  self->disk = &of(vfs);
  self->file = new Disk::FilePtr(std::move(opened));
  self->log = (flags & SQLITE_OPEN_WAL) != 0;
  self->pMethods = &kMethods;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}
int delete_file(sqlite3_vfs* vfs, const char* path, int /*sync_directory*/) {
  of(vfs).remove(path);
  return of(vfs).dead() ? SQLITE_IOERR_DELETE : SQLITE_OK;
}
int access_file(sqlite3_vfs* vfs, const char* path, int /*flags*/, int* out) {
  *out = of(vfs).exists(path) ? 1 : 0;
  return SQLITE_OK;
}
int full_path(sqlite3_vfs* /*vfs*/, const char* path, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", path);
  return SQLITE_OK;
}

}  // namespace

DiskVfs::DiskVfs(std::string name, Disk& disk, std::uint64_t seed)
    : name_(std::move(name)), vfs_(std::make_unique<sqlite3_vfs>(*sqlite3_vfs_find(nullptr))) {
  vfs_->zName = name_.c_str();
  vfs_->pAppData = &disk;
  vfs_->pNext = nullptr;
  vfs_->szOsFile = static_cast<int>(sizeof(OpenFile));
  vfs_->xOpen = open_file;
  vfs_->xDelete = delete_file;
  vfs_->xAccess = access_file;
  vfs_->xFullPathname = full_path;
  sqlite3_vfs_register(vfs_.get(), 0);
  const int number = static_cast<int>(seed % 0x7FFFFFFF) + 1;
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, number, nullptr);
  sqlite3_randomness(0, nullptr);
}

DiskVfs::~DiskVfs() {
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, 0, nullptr);
  sqlite3_randomness(0, nullptr);
  sqlite3_vfs_unregister(vfs_.get());
}

}  // namespace aisle::sim
