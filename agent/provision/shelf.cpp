#include "agent/provision/shelf.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "agent/base/durable_file.hpp"

namespace aisle::provision {
namespace fs = std::filesystem;

namespace {

constexpr mode_t kFolder = 0750, kForGroup = 0640;
constexpr std::size_t kMaxFile = std::size_t{1} << 20U;
constexpr const char* kCurrent = "current";
constexpr const char* kPrevious = "previous";

// 0: no name of a provisioning.
int number_of(const std::string& name) {
  int number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc() && end == name.data() + name.size() && number > 0 ? number : 0;
}

Status make_folder(const std::string& path) {
  // Whatever the umask: the group reads the configuration through it.
  if (mkdir(path.c_str(), kFolder) == 0 ? chmod(path.c_str(), kFolder) == 0 : errno == EEXIST) return {};
  return fail("{}: {}", path, std::strerror(errno));
}

Status link_to(const std::string& target, const std::string& path) {
  const fs::path place(path);
  const std::string beside = (place.parent_path() / ("." + place.filename().string() + ".new")).string();
  unlink(beside.c_str());
  if (symlink(target.c_str(), beside.c_str()) != 0) return fail("{}: {}", path, std::strerror(errno));
  return rename_durably(beside, path);
}

}  // namespace

Result<Shelf> Shelf::open(const std::string& state_dir) {
  std::error_code error;
  fs::create_directories(state_dir, error);
  if (error) return fail("state directory {}: {}", state_dir, error.message());
  Shelf shelf(state_dir, -1);
  if (auto made = make_folder(shelf.directory_); !made) return tl::unexpected(made.error());
  const std::string path = shelf.directory_ + "/.lock";
  shelf.lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (shelf.lock_ < 0) return fail("{}: {}", path, std::strerror(errno));
  if (flock(shelf.lock_, LOCK_EX | LOCK_NB) != 0)
    return fail("{}: another `aislectl provision` is at work; try again when it has ended", path);
  if (auto finished = shelf.finish(); !finished) return tl::unexpected(finished.error());
  return shelf;
}

Shelf::Shelf(Shelf&& other) noexcept : directory_(std::move(other.directory_)), lock_(std::exchange(other.lock_, -1)) {}

Shelf::~Shelf() {
  if (lock_ >= 0) close(lock_);
}

bool Shelf::has_current() const {
  return target_of(kCurrent) > 0;
}

bool Shelf::has_previous() const {
  return target_of(kPrevious) > 0;
}

std::string Shelf::path_of(Draft draft) const {
  return directory_ + (draft == Draft::claim ? "/draft" : "/renewal");
}

int Shelf::target_of(const char* link) const {
  std::error_code error;
  const auto target = fs::read_symlink(directory_ + "/" + link, error);
  return error ? 0 : number_of(target.string());
}

int Shelf::newest() const {
  int newest = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory_, error))
    newest = std::max(newest, number_of(entry.path().filename().string()));
  return newest;
}

Status Shelf::begin(Draft draft) {
  std::error_code error;
  fs::remove_all(path_of(draft), error);
  if (error) return fail("{}: {}", path_of(draft), error.message());
  return make_folder(path_of(draft));
}

Status Shelf::put(Draft draft, const std::string& name, std::string_view text, bool secret) {
  const std::string path = path_of(draft) + "/" + name;
  if (auto written = write_durably(path, text, ""); !written) return written;
  if (secret || chmod(path.c_str(), kForGroup) == 0) return {};
  return fail("{}: {}", path, std::strerror(errno));
}

Status Shelf::point(const char* link, int number) {
  return link_to(std::to_string(number), directory_ + "/" + link);
}

Status Shelf::put_in_force(int number) {
  if (const int before = target_of(kCurrent); before > 0) {
    if (auto pointed = point(kPrevious, before); !pointed) return pointed;
  }
  auto pointed = point(kCurrent, number);
  if (pointed) prune();
  return pointed;
}

// A draft gets its number only once a connection with it has succeeded, so what is newer than both links may take
// force.
Status Shelf::finish() {
  const int newest_there = newest();
  if (newest_there > std::max(target_of(kCurrent), target_of(kPrevious))) return put_in_force(newest_there);
  prune();
  return {};
}

Status Shelf::install(Draft draft) {
  const int number = std::max({newest(), target_of(kCurrent), target_of(kPrevious)}) + 1;
  if (auto renamed = rename_durably(path_of(draft), directory_ + "/" + std::to_string(number)); !renamed)
    return renamed;
  return put_in_force(number);
}

void Shelf::prune() {
  const int current = target_of(kCurrent), previous = target_of(kPrevious);
  std::error_code ignored;
  std::vector<fs::path> unused;
  for (const auto& entry : fs::directory_iterator(directory_, ignored)) {
    const int number = number_of(entry.path().filename().string());
    if (number > 0 && number != current && number != previous) unused.push_back(entry.path());
  }
  for (const auto& path : unused) fs::remove_all(path, ignored);
}

Result<bool> Shelf::roll_back() {
  const int current = target_of(kCurrent), previous = target_of(kPrevious);
  const std::string one = directory_ + "/" + kCurrent, other = directory_ + "/" + kPrevious;
  if (current == 0 && previous == 0) return false;
  const auto moved = current > 0 && previous > 0 ? exchange_durably(one, other)
                     : current > 0               ? rename_durably(one, other)
                                                 : rename_durably(other, one);
  if (!moved) return tl::unexpected(moved.error());
  return true;
}

Result<std::string> read_text(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail("{}: {}", path, std::strerror(errno));
  std::string text(kMaxFile + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad() || text.size() > kMaxFile) return fail("{}: a file of at most {} bytes expected", path, kMaxFile);
  return text;
}

Result<Record> read_record(const std::string& directory) {
  const std::string path = directory + "/" + names::kRecord;
  const auto text = read_text(path);
  if (!text) return tl::unexpected(text.error());
  auto record = parse_record(*text);
  if (!record) return tl::unexpected(record.error().within(path));
  return record;
}

Result<bool> link_drop_in(const std::string& config, const Shelf& shelf) {
  const std::string path = drop_in_path(config);
  const std::string target = fs::absolute(shelf.current() + "/" + names::kDropIn).string();
  std::error_code error;
  if (fs::read_symlink(path, error) == target && !error) return false;
  fs::create_directories(fs::path(path).parent_path(), error);
  if (error) return fail("{}: {}", path, error.message());
  if (auto linked = link_to(target, path); !linked) return tl::unexpected(linked.error());
  return true;
}

Status unlink_drop_in(const std::string& config) {
  return remove_durably(drop_in_path(config));
}

}  // namespace aisle::provision
