#include "tests/sim/cloud.hpp"

#include "agent/records/records.hpp"

namespace aisle::sim {
namespace {

using nlohmann::json;

constexpr std::size_t kRecordsPerPage = 4;  // so that a handful of records is a snapshot of several pages
constexpr std::size_t kDeltasKept = 8;

std::string id_of(Dataset dataset, const json& record) {
  if (dataset != Dataset::keys) return records::record_id(dataset, record);
  return fmt::format("{}/{}", record["day"].get<int>(), record["ordinal"].get<int>());
}

}  // namespace

std::string CloudSet::change(const std::vector<std::string>& deletes, const std::vector<json>& upserts) {
  for (const auto& id : deletes) records_.erase(id);
  for (const auto& record : upserts) records_[id_of(dataset_, record)] = record;
  const json delta = {
      {"epoch", epoch_}, {"from", cursor_}, {"to", cursor_ + 1}, {"deletes", deletes}, {"upserts", upserts}};
  deltas_.emplace_back(cursor_++, delta.dump());
  if (deltas_.size() > kDeltasKept) deltas_.pop_front();
  return deltas_.back().second;
}

void CloudSet::change_epoch() {
  epoch_ = random_.identifier(8);
  cursor_ = 1 + random_.below(5);
  deltas_.clear();
}

void CloudSet::make_snapshot() {
  snapshot_ = random_.identifier(6);
  snapshot_cursor_ = cursor_;
  pages_.assign(1, {});
  for (const auto& entry : records_) {
    if (pages_.back().size() == kRecordsPerPage) pages_.emplace_back();
    pages_.back().push_back(entry.second);
  }
}

std::string CloudSet::page(std::size_t index) const {
  return json({{"epoch", epoch_},
               {"snapshot", snapshot_},
               {"page", index},
               {"pages", pages_.size()},
               {"to", snapshot_cursor_},
               {"upserts", pages_[index]}})
      .dump();
}

std::vector<std::string> CloudSet::answer(const json& request) {
  const bool same_epoch = request["epoch"] == epoch_;
  const auto wanted = request["page"].get<std::size_t>();
  if (request["snapshot"] == snapshot_ && !snapshot_.empty() && wanted < pages_.size()) return {page(wanted)};
  const auto cursor = request["cursor"].get<std::uint64_t>();
  if (same_epoch && cursor == cursor_) {
    return {json({{"epoch", epoch_}, {"from", cursor}, {"to", cursor}}).dump()};
  }
  if (same_epoch && !deltas_.empty() && deltas_.front().first <= cursor && cursor < cursor_) {
    std::vector<std::string> missing;
    for (const auto& delta : deltas_) {
      if (delta.first >= cursor) missing.push_back(delta.second);
    }
    return missing;
  }
  make_snapshot();
  return {page(0)};
}

}  // namespace aisle::sim
