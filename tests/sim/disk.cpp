#include "tests/sim/disk.hpp"

#include <algorithm>
#include <cstring>

namespace aisle::sim {
namespace {

constexpr std::size_t kSector = 512;

}  // namespace

DiskResult Disk::enter(DiskCall call) {
  if (dead_) return DiskResult::failed;
  if (calls_left_ && (*calls_left_)-- == 0) {
    calls_left_.reset();
    dead_ = true;
    trace_.note("the process dies in the file layer");
    return DiskResult::failed;
  }
  trace_.count(static_cast<std::uint64_t>(call));
  const auto fault = faults_.find(call);
  if (fault == faults_.end()) return DiskResult::ok;
  if (fault->second.after > 0) {
    --fault->second.after;
    return DiskResult::ok;
  }
  ++failures_;
  trace_.note("disk call {} fails", static_cast<int>(call));
  if (--fault->second.count == 0) faults_.erase(fault);
  return DiskResult::failed;
}

Disk::FilePtr Disk::open(const std::string& name) {
  if (enter(DiskCall::other) != DiskResult::ok) return nullptr;
  auto& file = files_[name];
  if (!file) file = std::make_shared<File>();
  return file;
}

DiskResult Disk::read(const File& file, std::size_t at, std::size_t size, char* to, std::size_t& got) {
  got = 0;
  if (const auto entered = enter(DiskCall::read); entered != DiskResult::ok) return entered;
  if (at < file.content.size()) {
    got = std::min(size, file.content.size() - at);
    std::memcpy(to, file.content.data() + at, got);
  }
  return DiskResult::ok;
}

DiskResult Disk::write(File& file, std::size_t at, const char* from, std::size_t size) {
  if (const auto entered = enter(DiskCall::write); entered != DiskResult::ok) return entered;
  trace_.count(at);
  const std::size_t grows = at + size > file.content.size() ? at + size - file.content.size() : 0;
  if (capacity_ && grows > 0 && used() + grows > *capacity_) {
    ++failures_;
    return DiskResult::full;
  }
  Write write{at, std::string(from, size), false};
  apply(file.content, write);
  file.pending.push_back(std::move(write));
  return DiskResult::ok;
}

DiskResult Disk::truncate(File& file, std::size_t size) {
  if (const auto entered = enter(DiskCall::truncate); entered != DiskResult::ok) return entered;
  Write write{size, {}, true};
  apply(file.content, write);
  file.pending.push_back(std::move(write));
  return DiskResult::ok;
}

// A sync that fails has written some of it, and forgets the rest: the kernel marks those pages clean all the same.
DiskResult Disk::sync(File& file, bool log) {
  const auto entered = enter(DiskCall::sync);
  if (dead_) return DiskResult::failed;
  if (entered != DiskResult::ok) {
    settle(file, Loss::scattered);
    return entered;
  }
  if (plants_.no_sync || (plants_.no_sync_of_log && log)) return DiskResult::ok;
  settle(file, Loss::nothing);
  file.entry_durable = true;
  removed_.clear();
  return DiskResult::ok;
}

void Disk::remove(const std::string& name) {
  if (enter(DiskCall::other) != DiskResult::ok) return;
  const auto found = files_.find(name);
  if (found == files_.end()) return;
  if (found->second->entry_durable) removed_[name] = found->second;
  files_.erase(found);
}

void Disk::fail(DiskCall call, std::uint64_t after, std::uint64_t count) {
  faults_[call] = {after, count};
}

std::optional<std::size_t> Disk::alter(std::string& content, std::size_t from) {
  constexpr std::string_view kEvent = R"("type":"io.aisle.zone.)";
  constexpr std::string_view kMember = R"("recordedtime":"2)";
  constexpr std::size_t kNear = 400;
  const auto event = content.find(kEvent, from);
  const auto member = event == std::string::npos ? event : content.find(kMember, event);
  if (member == std::string::npos || member - event > kNear) return std::nullopt;
  const std::size_t at = member + kMember.size() - 1;
  content[at] = '3';
  return at;
}

void Disk::rot() {
  for (auto& [name, file] : files_) {
    if (!name.ends_with(".db") || file->durable.empty() || !file->pending.empty()) continue;
    const std::string before = file->durable;
    const auto at = alter(file->durable, random_.below(before.size()));
    // After a sync that failed processes may see something else there.
    if (at && *at < file->content.size() && file->content[*at] == before[*at]) file->content[*at] = file->durable[*at];
  }
}

void Disk::flip(const std::string& name, double part) {
  File& file = *files_.at(name);
  const auto at = static_cast<std::size_t>(static_cast<double>(file.content.size()) * part);
  for (std::string* bytes : {&file.content, &file.durable}) {
    if (at < bytes->size()) (*bytes)[at] = static_cast<char>((*bytes)[at] ^ 1);
  }
}

std::optional<std::size_t> Disk::room() const {
  if (!capacity_) return std::nullopt;
  return *capacity_ - std::min(*capacity_, used());
}

void Disk::heal() {
  faults_.clear();
  capacity_.reset();
}

void Disk::apply(std::string& content, const Write& write) {
  if (write.truncation) {
    content.resize(write.at);
    return;
  }
  if (content.size() < write.at + write.bytes.size()) content.resize(write.at + write.bytes.size());
  std::memcpy(content.data() + write.at, write.bytes.data(), write.bytes.size());
}

// Sectors are written whole or not at all; the order of sectors is the disk's.
std::vector<Disk::Write> Disk::survivors(const std::vector<Write>& pending, Loss loss) {
  if (loss == Loss::everything) return {};
  if (loss == Loss::nothing) return pending;
  if (loss == Loss::suffix) {
    const auto kept = static_cast<std::ptrdiff_t>(random_.below(pending.size() + 1));
    return {pending.begin(), pending.begin() + kept};
  }
  std::vector<Write> sectors;
  const double share = random_.unit();
  for (const Write& write : pending) {
    if (write.truncation) {
      if (random_.unit() < share) sectors.push_back(write);
      continue;
    }
    for (std::size_t from = 0; from < write.bytes.size();) {
      const std::size_t size = std::min(kSector - (write.at + from) % kSector, write.bytes.size() - from);
      if (random_.unit() < share) sectors.push_back({write.at + from, write.bytes.substr(from, size), false});
      from += size;
    }
  }
  for (std::size_t i = sectors.size(); i > 1; --i) std::swap(sectors[i - 1], sectors[random_.below(i)]);
  return sectors;
}

void Disk::settle(File& file, Loss loss) {
  for (const Write& write : survivors(file.pending, loss)) apply(file.durable, write);
  file.pending.clear();
}

void Disk::cut_power() {
  dead_ = true;
  for (auto& [name, file] : removed_) {
    if (!files_.contains(name) && random_.below(2) == 0) files_[name] = file;
  }
  removed_.clear();
  const auto loss = static_cast<Loss>(random_.below(4));
  trace_.note("the power goes, loss {}", static_cast<int>(loss));
  for (auto it = files_.begin(); it != files_.end();) {
    File& file = *it->second;
    if (!file.entry_durable && random_.below(2) == 0) {
      it = files_.erase(it);
      continue;
    }
    settle(file, loss);
    // What the old process still holds open is not this file any more.
    auto fresh = std::make_shared<File>();
    fresh->content = file.durable;
    fresh->durable = file.durable;
    fresh->entry_durable = true;
    it->second = std::move(fresh);
    trace_.count(it->second->content);
    ++it;
  }
}

void Disk::revive() {
  dead_ = false;
  calls_left_.reset();
}

std::size_t Disk::used() const {
  std::size_t bytes = 0;
  for (const auto& entry : files_) bytes += entry.second->content.size();
  return bytes;
}

}  // namespace aisle::sim
