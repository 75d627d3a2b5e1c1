#include "agent/store/cipher_vfs.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <new>
#include <vector>

#include "agent/store/sealed_file.hpp"

namespace aisle::store {
namespace {

// What is behind an open file; SQLite's own struct keeps a pointer to it.
struct Layers {
  explicit Layers(int base_size) : memory(static_cast<std::size_t>(base_size) / sizeof(std::max_align_t) + 1) {}
  [[nodiscard]] sqlite3_file* base() { return static_cast<sqlite3_file*>(static_cast<void*>(memory.data())); }

  std::vector<std::max_align_t> memory;  // of the file below
  std::unique_ptr<SealedFile> sealed;
};

struct CipherFile : sqlite3_file {
  Layers* layers = nullptr;
};

Layers& of(sqlite3_file* file) {
  return *static_cast<CipherFile*>(file)->layers;
}
sqlite3_file* below(sqlite3_file* file) {
  return of(file).base();
}
CipherVfs& of(sqlite3_vfs* vfs) {
  return *static_cast<CipherVfs*>(vfs->pAppData);
}
sqlite3_vfs* below(sqlite3_vfs* vfs) {
  return of(vfs).base();
}

int close_file(sqlite3_file* file) {
  const int code = below(file)->pMethods->xClose(below(file));
  delete &of(file);
  return code;
}
int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  return of(file).sealed->read({static_cast<std::byte*>(to), static_cast<std::size_t>(size)}, at);
}
int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  return of(file).sealed->write({static_cast<const std::byte*>(from), static_cast<std::size_t>(size)}, at);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return of(file).sealed->truncate(size);
}
int sync_file(sqlite3_file* file, int flags) {
  return below(file)->pMethods->xSync(below(file), flags);
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return below(file)->pMethods->xFileSize(below(file), size);
}
int lock_file(sqlite3_file* file, int level) {
  return below(file)->pMethods->xLock(below(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
  return below(file)->pMethods->xUnlock(below(file), level);
}
int check_reserved(sqlite3_file* file, int* out) {
  return below(file)->pMethods->xCheckReservedLock(below(file), out);
}
int file_control(sqlite3_file* file, int operation, void* argument) {
  return below(file)->pMethods->xFileControl(below(file), operation, argument);
}
int sector_size(sqlite3_file* file) {
  return below(file)->pMethods->xSectorSize(below(file));
}
int characteristics(sqlite3_file* file) {
  return below(file)->pMethods->xDeviceCharacteristics(below(file));
}

// Version 1: no shared memory, which a connection with an exclusive lock does not need, and no mapped pages.
constexpr sqlite3_io_methods kMethods = {
    1,         close_file,  read_file,      write_file,   truncate_file, sync_file,       file_size,
    lock_file, unlock_file, check_reserved, file_control, sector_size,   characteristics, nullptr,
    nullptr,   nullptr,     nullptr,        nullptr,      nullptr};

std::unique_ptr<SealedFile> sealed_of(int flags, RawFile file, PageCipher& cipher) {
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) return make_sealed_database(file, cipher);
  if ((flags & SQLITE_OPEN_WAL) != 0) return make_sealed_log(file, cipher);
  return make_sealed_journal(file, cipher);
}

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  auto* self = new (file) CipherFile();
  self->pMethods = nullptr;
  constexpr int kTaken = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
  if (path == nullptr || (flags & kTaken) == 0) return SQLITE_CANTOPEN;
  auto layers = std::make_unique<Layers>(below(vfs)->szOsFile);
  const int code = below(vfs)->xOpen(below(vfs), path, layers->base(), flags, out_flags);
  if (code != SQLITE_OK) {
    if (layers->base()->pMethods != nullptr) layers->base()->pMethods->xClose(layers->base());
    return code;
  }
  layers->sealed = sealed_of(flags, RawFile(layers->base()), of(vfs).cipher());
  self->layers = layers.release();
  self->pMethods = &kMethods;
  return SQLITE_OK;
}
int delete_file(sqlite3_vfs* vfs, const char* path, int sync_directory) {
  return below(vfs)->xDelete(below(vfs), path, sync_directory);
}
int access_file(sqlite3_vfs* vfs, const char* path, int flags, int* out) {
  return below(vfs)->xAccess(below(vfs), path, flags, out);
}
int full_path(sqlite3_vfs* vfs, const char* path, int size, char* out) {
  return below(vfs)->xFullPathname(below(vfs), path, size, out);
}
int randomness(sqlite3_vfs* vfs, int size, char* out) {
  return below(vfs)->xRandomness(below(vfs), size, out);
}
int pause(sqlite3_vfs* vfs, int microseconds) {
  return below(vfs)->xSleep(below(vfs), microseconds);
}
int current_time(sqlite3_vfs* vfs, double* out) {
  return below(vfs)->xCurrentTime(below(vfs), out);
}
int last_error(sqlite3_vfs* vfs, int size, char* out) {
  return below(vfs)->xGetLastError(below(vfs), size, out);
}

}  // namespace

CipherVfs::CipherVfs(const seal::MasterKey& key, sqlite3_vfs* base)
    : cipher_(key),
      base_(base),
      name_(fmt::format("aisle-cipher-{}", fmt::ptr(this))),
      vfs_(std::make_unique<sqlite3_vfs>()) {
  vfs_->iVersion = 1;
  vfs_->szOsFile = static_cast<int>(sizeof(CipherFile));
  vfs_->mxPathname = base->mxPathname;
  vfs_->zName = name_.c_str();
  vfs_->pAppData = this;
  vfs_->xOpen = open_file;
  vfs_->xDelete = delete_file;
  vfs_->xAccess = access_file;
  vfs_->xFullPathname = full_path;
  vfs_->xRandomness = randomness;
  vfs_->xSleep = pause;
  vfs_->xCurrentTime = current_time;
  vfs_->xGetLastError = last_error;
  sqlite3_vfs_register(vfs_.get(), 0);
}

CipherVfs::~CipherVfs() {
  sqlite3_vfs_unregister(vfs_.get());
}

Result<std::unique_ptr<CipherVfs>> CipherVfs::create(const seal::MasterKey& key, const std::string& base) {
  sqlite3_vfs* found = sqlite3_vfs_find(base.empty() ? nullptr : base.c_str());
  if (found == nullptr) return fail("SQLite has no VFS \"{}\"", base);
  return std::unique_ptr<CipherVfs>(new CipherVfs(key, found));
}

}  // namespace aisle::store
