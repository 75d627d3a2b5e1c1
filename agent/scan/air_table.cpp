#include "agent/scan/air_table.hpp"

#include <algorithm>

namespace aisle::scan {
namespace {

constexpr std::size_t kTimes = 32;

// A device that sends several kinds is known by what tells most: telemetry and what nobody decodes tell nothing.
bool says_more(const std::string& kind) {
  return kind != "unknown" && kind != "malformed" && kind != "eddystone_tlm";
}

bool before(const AirRow& a, const AirRow& b) {
  if (a.rssi_dbm.has_value() != b.rssi_dbm.has_value()) return a.rssi_dbm.has_value();
  if (a.rssi_dbm && *a.rssi_dbm != *b.rssi_dbm) return *a.rssi_dbm > *b.rssi_dbm;
  if (a.last_heard != b.last_heard) return a.last_heard > b.last_heard;
  return std::pair(a.device, a.receiver.view()) < std::pair(b.device, b.receiver.view());
}

}  // namespace

void AirTable::hear(const Heard& heard) {
  const Key key{heard.device, heard.receiver};
  auto found = entries_.find(key);
  if (found == entries_.end()) {
    if (entries_.size() == kMost) make_room();
    found = entries_.emplace(key, Entry{heard.kind, presence::SampleRing(smoothing_.samples), {}, 0}).first;
  }
  Entry& entry = found->second;
  if (says_more(heard.kind)) entry.kind = heard.kind;
  if (heard.rssi.known()) {
    heard.louder ? entry.ring.improve(heard.at, heard.rssi.value) : entry.ring.add(heard.at, heard.rssi.value);
  }
  if (heard.louder && entry.adverts > 0) return;
  ++entry.adverts;
  entry.times.push_back(heard.at);
  if (entry.times.size() > kTimes) entry.times.pop_front();
}

std::vector<AirRow> AirTable::rows(SteadyTime now, std::optional<Duration> silent) const {
  std::vector<AirRow> out;
  for (const auto& [key, entry] : entries_) {
    if (!silent || now - entry.times.back() <= *silent) out.push_back(row_of(key, entry, now));
  }
  std::ranges::sort(out, before);
  return out;
}

std::optional<AirRow> AirTable::row(const Heard& heard) const {
  const auto found = entries_.find({heard.device, heard.receiver});
  if (found == entries_.end()) return std::nullopt;
  return row_of(found->first, found->second, heard.at);
}

AirRow AirTable::row_of(const Key& key, const Entry& entry, SteadyTime now) const {
  AirRow out;
  out.device = key.first;
  out.receiver = key.second;
  out.kind = entry.kind;
  out.adverts = entry.adverts;
  out.last_heard = entry.times.back();
  const auto level = entry.ring.level(now, smoothing_.window);
  if (level.samples > 0) out.rssi_dbm = level.rssi_dbm;
  const auto span = std::chrono::duration<double>(now - entry.times.front()).count();
  if (entry.times.size() > 1 && span > 0) out.per_second = static_cast<double>(entry.times.size() - 1) / span;
  return out;
}

void AirTable::make_room() {
  const auto oldest = std::ranges::min_element(
      entries_, [](const auto& a, const auto& b) { return a.second.times.back() < b.second.times.back(); });
  entries_.erase(oldest);
}

}  // namespace aisle::scan
