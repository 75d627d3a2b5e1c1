#include "agent/cli/cloud/cloud_dataset.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "agent/base/hex.hpp"

namespace aisle::cloud {
namespace {

using nlohmann::json;

constexpr std::size_t kDeltasKept = 1000;
constexpr std::size_t kKeysPerRecord = 1500;  // 40 kB of base64
constexpr std::size_t kDefaultPageBytes = 100'000;
constexpr std::size_t kLargestPageBytes = 120'000;  // a page with its envelope stays below 128 KiB

std::string key_of(Dataset dataset, const json& record) {
  if (dataset != Dataset::keys) return records::record_id(dataset, record);
  if (!record.contains("day") || !record.contains("ordinal") || !record["day"].is_number_integer() ||
      !record["ordinal"].is_number_integer())
    return "";
  return fmt::format("{:06}/{}", record["day"].get<std::int64_t>(), record["ordinal"].get<std::int64_t>());
}

std::pair<std::int64_t, std::uintmax_t> file_mark(const std::string& path) {
  std::error_code error;
  const auto time = std::filesystem::last_write_time(path, error);
  if (error) return {0, 0};
  return {time.time_since_epoch().count(), std::filesystem::file_size(path, error)};
}

template <class T>
T number_or(const json& object, const char* name, T otherwise) {
  const auto it = object.find(name);
  return it != object.end() && it->is_number_unsigned() ? it->get<T>() : otherwise;
}

std::string text_or_empty(const json& object, const char* name) {
  const auto it = object.find(name);
  return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

void append_packed(Bytes& packed, const json& record) {
  const auto ordinal = record["ordinal"].get<std::uint32_t>();
  for (unsigned shift = 0; shift < 32; shift += 8) packed.push_back(static_cast<std::byte>((ordinal >> shift) & 0xFFU));
  const auto key = from_hex_fixed<16>(text_or_empty(record, "key")).value_or(Key128{});
  packed.insert(packed.end(), key.begin(), key.end());
}

}  // namespace

CloudDataset::CloudDataset(Dataset dataset, std::string path, Random& random, std::optional<seal::BoxPublic> seal_for)
    : dataset_(dataset), path_(std::move(path)), epoch_(random.identifier(12)), random_(random), seal_for_(seal_for) {}

bool CloudDataset::changed_on_disk() const {
  return file_mark(path_) != std::pair{file_time_, file_size_};
}

Result<std::optional<json>> CloudDataset::load() {
  const auto mark = file_mark(path_);
  auto file = records::read_record_file(path_);
  if (!file) return tl::unexpected(file.error());
  std::tie(file_time_, file_size_) = mark;
  Records fresh;
  if (!file->refused.empty()) return fail("{}: {}: {}", path_, file->refused.front().field, file->refused.front().why);
  for (auto& record : file->records) {
    const std::string id = key_of(dataset_, record.value);
    if (id.empty()) return fail("{}:{}: a record without an id", path_, record.line);
    fresh[id] = std::move(record.value);
  }
  if (cursor_ > 0 && fresh == records_) return std::optional<json>();
  const bool first = cursor_ == 0;
  json delta = delta_to(fresh);
  records_ = std::move(fresh);
  ++cursor_;
  if (first) return std::optional<json>();
  deltas_.push_back(delta);
  if (deltas_.size() > kDeltasKept) deltas_.pop_front();
  return std::optional(std::move(delta));
}

json CloudDataset::delta_to(const Records& fresh) const {
  json deletes = json::array();
  for (const auto& entry : records_) {
    if (!fresh.contains(entry.first)) deletes.push_back(entry.first);
  }
  std::vector<const json*> changed;
  for (const auto& entry : fresh) {
    const auto old = records_.find(entry.first);
    if (old == records_.end() || old->second != entry.second) changed.push_back(&entry.second);
  }
  return {{"epoch", epoch_},
          {"from", cursor_},
          {"to", cursor_ + 1},
          {"deletes", std::move(deletes)},
          {"upserts", wire(changed)}};
}

// Keys travel packed by day, and sealed where that is asked for; everything else as it is.
std::vector<json> CloudDataset::wire(const std::vector<const json*>& records) const {
  std::vector<json> out;
  if (dataset_ != Dataset::keys) {
    for (const auto* record : records) out.push_back(*record);
    return out;
  }
  std::map<std::int64_t, std::vector<const json*>> by_day;
  for (const auto* record : records) by_day[(*record)["day"].get<std::int64_t>()].push_back(record);
  for (const auto& entry : by_day) {
    for (std::size_t at = 0; at < entry.second.size(); at += kKeysPerRecord) {
      Bytes packed;
      for (std::size_t i = at; i < std::min(at + kKeysPerRecord, entry.second.size()); ++i)
        append_packed(packed, *entry.second[i]);
      out.push_back(wire_keys(entry.first, packed));
    }
  }
  return out;
}

// The key was tried when it was given.
json CloudDataset::wire_keys(std::int64_t day, ByteSpan packed) const {
  if (!seal_for_) return {{"day", day}, {"packed", to_base64(packed)}};
  return {{"day", day}, {"sealed", to_base64(seal::seal_for(*seal_for_, packed).value_or(Bytes()))}};
}

void CloudDataset::make_snapshot(std::size_t max_bytes) {
  snapshot_id_ = random_.identifier(8);
  snapshot_cursor_ = cursor_;
  snapshot_.assign(1, {});
  std::vector<const json*> all;
  for (const auto& entry : records_) all.push_back(&entry.second);
  std::size_t bytes = 0;
  for (auto& record : wire(all)) {
    const std::size_t size = record.dump().size() + 1;
    if (bytes > 0 && bytes + size > max_bytes) {
      snapshot_.emplace_back();
      bytes = 0;
    }
    bytes += size;
    snapshot_.back().upserts.push_back(std::move(record));
  }
}

json CloudDataset::page(std::size_t index) const {
  return {{"epoch", epoch_},           {"snapshot", snapshot_id_}, {"page", index},
          {"pages", snapshot_.size()}, {"to", snapshot_cursor_},   {"upserts", snapshot_[index].upserts}};
}

std::vector<json> CloudDataset::answer(const json& request) {
  const std::string snapshot = text_or_empty(request, "snapshot");
  const auto wanted = number_or<std::size_t>(request, "page", 0);
  if (!snapshot.empty() && snapshot == snapshot_id_ && wanted < snapshot_.size()) return {page(wanted)};
  const auto cursor = number_or<std::uint64_t>(request, "cursor", 0);
  if (text_or_empty(request, "epoch") == epoch_ && cursor <= cursor_) {
    if (cursor == cursor_)
      return {{{"epoch", epoch_},
               {"from", cursor},
               {"to", cursor},
               {"deletes", json::array()},
               {"upserts", json::array()}}};
    std::vector<json> missing;
    std::size_t bytes = 0;
    for (const auto& delta : deltas_) {
      if (delta["from"].get<std::uint64_t>() < cursor) continue;
      bytes = std::max(bytes, delta.dump().size());
      missing.push_back(delta);
    }
    if (!missing.empty() && missing.front()["from"] == cursor && bytes <= kLargestPageBytes) return missing;
  }
  const auto max_bytes =
      std::clamp<std::size_t>(number_or<std::size_t>(request, "max_bytes", kDefaultPageBytes), 1000, kLargestPageBytes);
  make_snapshot(max_bytes);
  return {page(0)};
}

}  // namespace aisle::cloud
