#include <algorithm>

#include "agent/datasets/datasets.hpp"
#include "agent/store/datasets.hpp"
#include "tests/sim/verdict.hpp"

namespace aisle::sim {
namespace {

std::string check_records(const CloudSet& cloud, const std::vector<store::RecordRow>& held, store::SetDigest& digest) {
  datasets::RawChange raw;
  raw.dataset = cloud.dataset();
  raw.replace_all = true;
  for (const auto& entry : cloud.records()) raw.upserts.push_back(entry.second);
  const auto expected = datasets::check(raw, {}).change.record_upserts;
  if (expected.size() != held.size()) return fmt::format("{} records, the cloud has {}", held.size(), expected.size());
  for (const auto& record : expected) {
    const auto same = [&](const auto& row) { return row.id == record.id && row.body == record.body; };
    if (std::ranges::none_of(held, same)) return fmt::format("record {} is not the cloud's", record.id);
    digest.toggle(record);
  }
  return {};
}

std::string check_keys(const CloudSet& cloud, const std::vector<store::KeyRow>& held, std::int32_t today,
                       store::SetDigest& digest) {
  std::size_t expected = 0;
  for (const auto& entry : cloud.records()) {
    const auto day = entry.second["day"].get<std::int32_t>();
    const auto ordinal = entry.second["ordinal"].get<std::uint32_t>();
    const auto same = [&](const auto& row) {
      return row.day == day && row.ordinal == ordinal && to_hex(row.key) == entry.second["key"].get<std::string>();
    };
    const auto found = std::ranges::find_if(held, same);
    if (found == held.end() && day < today - 1) continue;  // dropped, sooner or later
    ++expected;
    if (found == held.end()) return fmt::format("key {} is missing", entry.first);
    digest.toggle(*found);
  }
  if (expected != held.size()) return fmt::format("{} keys, the cloud has {}", held.size(), expected);
  return {};
}

}  // namespace

std::string check_dataset(CloudSet& cloud, const store::DatasetState& state,
                          const std::vector<store::RecordRow>& records, const std::vector<store::KeyRow>& keys,
                          std::int32_t today) {
  const auto breach = [&](const std::string& what) { return fmt::format("{}: {}", to_string(cloud.dataset()), what); };
  if (state.epoch != cloud.epoch() || state.cursor != cloud.cursor())
    return breach(
        fmt::format("at {}/{}, the cloud is at {}/{}", state.epoch, state.cursor, cloud.epoch(), cloud.cursor()));
  store::SetDigest digest;
  auto wrong =
      cloud.dataset() == Dataset::keys ? check_keys(cloud, keys, today, digest) : check_records(cloud, records, digest);
  if (!wrong.empty()) return breach(wrong);
  if (state.digest != to_hex(digest.bytes())) return breach("the digest kept up is not that of the records");
  return {};
}

}  // namespace aisle::sim
