#include "tests/fakes/fault_vfs.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <fstream>
#include <iterator>
#include <new>
#include <vector>

namespace aisle::fakes {
namespace {

struct FaultFile : sqlite3_file {
  sqlite3_file* real = nullptr;
  FaultVfs* vfs = nullptr;
  std::string* path = nullptr;
  std::vector<std::max_align_t>* memory = nullptr;
};

FaultFile& of(sqlite3_file* file) {
  return *static_cast<FaultFile*>(file);
}
FaultVfs& of(sqlite3_vfs* vfs) {
  return *static_cast<FaultVfs*>(vfs->pAppData);
}

int close_file(sqlite3_file* file) {
  FaultFile& self = of(file);
  const int code = self.real->pMethods->xClose(self.real);
  delete self.memory;
  delete self.path;
  return code;
}
int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  return of(file).real->pMethods->xRead(of(file).real, to, size, at);
}
int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  if (const int code = of(file).vfs->on_write(); code != SQLITE_OK) return code;
  return of(file).real->pMethods->xWrite(of(file).real, from, size, at);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return of(file).real->pMethods->xTruncate(of(file).real, size);
}
int sync_file(sqlite3_file* file, int flags) {
  if (const int code = of(file).vfs->on_sync(); code != SQLITE_OK) return code;
  const int code = of(file).real->pMethods->xSync(of(file).real, flags);
  if (code == SQLITE_OK) of(file).vfs->synced(*of(file).path);
  return code;
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return of(file).real->pMethods->xFileSize(of(file).real, size);
}
int lock_file(sqlite3_file* file, int level) {
  return of(file).real->pMethods->xLock(of(file).real, level);
}
int unlock_file(sqlite3_file* file, int level) {
  return of(file).real->pMethods->xUnlock(of(file).real, level);
}
int check_reserved(sqlite3_file* file, int* out) {
  return of(file).real->pMethods->xCheckReservedLock(of(file).real, out);
}
int file_control(sqlite3_file* file, int operation, void* argument) {
  return of(file).real->pMethods->xFileControl(of(file).real, operation, argument);
}
int sector_size(sqlite3_file* file) {
  return of(file).real->pMethods->xSectorSize(of(file).real);
}
int characteristics(sqlite3_file* /*file*/) {
  return 0;  // promises nothing, so that SQLite does all its writes and syncs
}

// Version 1: no shared memory, which a connection with an exclusive lock does not need.
constexpr sqlite3_io_methods kMethods = {
    1,         close_file,  read_file,      write_file,   truncate_file, sync_file,       file_size,
    lock_file, unlock_file, check_reserved, file_control, sector_size,   characteristics, nullptr,
    nullptr,   nullptr,     nullptr,        nullptr,      nullptr};

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  FaultVfs& owner = of(vfs);
  auto* self = new (file) FaultFile();
  self->vfs = &owner;
  const auto size = static_cast<std::size_t>(owner.base()->szOsFile);
  self->memory = new std::vector<std::max_align_t>(size / sizeof(std::max_align_t) + 1);
  self->real = static_cast<sqlite3_file*>(static_cast<void*>(self->memory->data()));
  const int code = owner.base()->xOpen(owner.base(), path, self->real, flags, out_flags);
  if (code != SQLITE_OK) {
    delete self->memory;
    return code;
  }
  self->path = new std::string(path == nullptr ? "" : path);
  self->pMethods = &kMethods;
  owner.opened(*self->path);
  return SQLITE_OK;
}
int delete_file(sqlite3_vfs* vfs, const char* path, int sync_directory) {
  const int code = of(vfs).base()->xDelete(of(vfs).base(), path, sync_directory);
  if (code == SQLITE_OK) of(vfs).removed(path);
  return code;
}

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

FaultVfs::FaultVfs(std::string name)
    : name_(std::move(name)), base_(sqlite3_vfs_find(nullptr)), vfs_(std::make_unique<sqlite3_vfs>(*base_)) {
  vfs_->zName = name_.c_str();
  vfs_->pAppData = this;
  vfs_->pNext = nullptr;
  vfs_->szOsFile = static_cast<int>(sizeof(FaultFile));
  vfs_->xOpen = open_file;
  vfs_->xDelete = delete_file;
  sqlite3_vfs_register(vfs_.get(), 0);
}

FaultVfs::~FaultVfs() {
  sqlite3_vfs_unregister(vfs_.get());
}

int FaultVfs::Fault::next() {
  ++count;
  if (allowed < 0) return SQLITE_OK;
  if (allowed == 0) return code;
  --allowed;
  return SQLITE_OK;
}

void FaultVfs::fail_writes(int code, std::int64_t after) {
  writes_.code = code;
  writes_.allowed = after;
}
void FaultVfs::fail_syncs(int code, std::int64_t after) {
  syncs_.code = code;
  syncs_.allowed = after;
}
void FaultVfs::heal() {
  writes_.allowed = -1;
  syncs_.allowed = -1;
}
int FaultVfs::on_write() {
  return writes_.next();
}
int FaultVfs::on_sync() {
  return syncs_.next();
}

void FaultVfs::opened(const std::string& path) {
  if (!tracking_ || path.empty()) return;
  const std::scoped_lock lock(mutex_);
  durable_.try_emplace(path);
}
void FaultVfs::synced(const std::string& path) {
  if (!tracking_ || path.empty()) return;
  const std::scoped_lock lock(mutex_);
  durable_[path] = content_of(path);
}
void FaultVfs::removed(const std::string& path) {
  if (!tracking_) return;
  const std::scoped_lock lock(mutex_);
  durable_.erase(path);
}

void FaultVfs::restore_power() {
  const std::scoped_lock lock(mutex_);
  for (const auto& [path, content] : durable_) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
  }
}

}  // namespace aisle::fakes
