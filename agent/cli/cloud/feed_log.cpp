#include "agent/cli/cloud/feed_log.hpp"

#include <algorithm>
#include <functional>

namespace aisle::cloud {
namespace {

using nlohmann::json;

constexpr std::uint64_t kWidestRange = 10'000'000;

std::string word(const json& object, const char* name) {
  const auto it = object.find(name);
  return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

}  // namespace

FeedLog::Seen FeedLog::take(const json& event, const std::string& payload) {
  const std::string id = event.is_object() ? word(event, "id") : "";
  const auto dash = id.rfind('-');
  const std::string digits = dash == std::string::npos ? "" : id.substr(dash + 1);
  if (digits.empty() || digits.size() > 20 || digits.find_first_not_of("0123456789") != std::string::npos) {
    ++malformed_;
    return Seen::malformed;
  }
  const std::string source = word(event, "source");
  const std::uint64_t sequence = std::strtoull(digits.c_str(), nullptr, 10);
  const std::size_t hash = std::hash<std::string>{}(payload);
  auto& epoch = epochs_[source + " " + id.substr(0, dash)];
  const auto [it, fresh] = epoch.seen.emplace(sequence, hash);
  if (!fresh) {
    const bool altered = it->second != hash;
    ++(altered ? altered_ : duplicates_);
    return altered ? Seen::altered : Seen::duplicate;
  }
  ++events_;
  ++by_type_[word(event, "type")];
  const auto data = event.find("data");
  if (data == event.end() || !data->is_object()) return Seen::fresh;
  if (const auto customer = word(*data, "customer_id"); !customer.empty()) customers_.insert(customer);
  if (word(event, "type") == "io.aisle.outbox.dropped.v1") take_dropped(source, *data);
  if (const auto latency = data->find("latency_us"); latency != data->end() && latency->is_number_integer())
    latencies_us_.push_back(latency->get<std::int64_t>());
  return Seen::fresh;
}

void FeedLog::take_dropped(const std::string& source, const json& data) {
  auto& epoch = epochs_[source + " " + word(data, "epoch")];
  const auto ranges = data.find("ranges");
  if (ranges == data.end() || !ranges->is_array()) return;
  for (const auto& range : *ranges) {
    if (!range.is_array() || range.size() != 2 || !range[0].is_number_unsigned() || !range[1].is_number_unsigned())
      continue;
    const auto first = range[0].get<std::uint64_t>();
    const auto last = std::min(range[1].get<std::uint64_t>(), first + kWidestRange);
    for (std::uint64_t i = first; i <= last; ++i) epoch.dropped.insert(i);
  }
}

std::uint64_t FeedLog::missing() const {
  std::uint64_t count = 0;
  for (const auto& entry : epochs_) {
    const auto& epoch = entry.second;
    if (epoch.seen.empty() || !epoch.seen.contains(1)) continue;
    const std::uint64_t last = epoch.seen.rbegin()->first;
    std::uint64_t covered = epoch.seen.size();
    for (const std::uint64_t dropped : epoch.dropped)
      covered += dropped < last && !epoch.seen.contains(dropped) ? 1U : 0U;
    count += last - std::min(last, covered);
  }
  return count;
}

Json FeedLog::summary() const {
  Json types = Json::object();
  for (const auto& entry : by_type_) types[entry.first] = entry.second;
  auto sorted = latencies_us_;
  std::ranges::sort(sorted);
  const auto at = [&](std::size_t percent) {
    return sorted.empty() ? Json() : Json(sorted[(sorted.size() - 1) * percent / 100]);
  };
  return {{"events", events_},        {"by_type", types},        {"customers", customers_.size()},
          {"epochs", epochs_.size()}, {"missing", missing()},    {"duplicates", duplicates_},
          {"altered", altered_},      {"malformed", malformed_}, {"decision_p50_us", at(50)},
          {"decision_p99_us", at(99)}};
}

}  // namespace aisle::cloud
