#include "tests/sim/consumer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace aisle::sim {
namespace {

using nlohmann::json;

constexpr std::size_t kEpochLength = 16;

std::string topic_of(const std::string& type) {
  constexpr std::string_view kBefore = "io.aisle.";
  constexpr std::string_view kAfter = ".v1";
  std::string name = type.substr(kBefore.size(), type.size() - kBefore.size() - kAfter.size());
  std::ranges::replace(name, '.', '/');
  return "/evt/" + name;
}

}  // namespace

Consumer::Key key_of(const std::string& payload) {
  constexpr std::string_view kId = "\"id\":\"";
  const auto at = payload.find(kId);
  if (at == std::string::npos) return {};
  const std::string id = payload.substr(at + kId.size(), kEpochLength + 21);
  if (id.size() != kEpochLength + 21 || id[kEpochLength] != '-') return {};
  return {id.substr(0, kEpochLength), std::strtoull(id.c_str() + kEpochLength + 1, nullptr, 10)};
}

void Consumer::take(const std::string& topic, const std::string& payload, SteadyTime at) {
  const Key key = key_of(payload);
  if (const auto known = events_.find(key); known != events_.end()) {
    ++known->second.times;
    ++duplicates_;
    if (known->second.payload != payload) breaks(fmt::format("{}-{} came with two payloads", key.first, key.second));
    return;
  }
  const json event = json::parse(payload, nullptr, false);
  if (event.is_discarded() || key.second == 0) return breaks("an event that is no CloudEvent: " + payload);
  const auto type = event.value("type", "");
  if (event.value("sequence", "") != fmt::format("{:020}", key.second)) breaks("sequence and id differ: " + payload);
  if (!topic.ends_with(topic_of(type))) breaks(fmt::format("{} came on {}", type, topic));
  events_[key] = {type, payload, 1, at};
  const json& data = event["data"];
  if (type == "io.aisle.outbox.dropped.v1") {
    for (const auto& range : data["ranges"]) {
      const auto last = range[1].get<std::uint64_t>();
      for (auto sequence = range[0].get<std::uint64_t>(); sequence <= last; ++sequence) {
        if (listed_[data["epoch"].get<std::string>()].insert(sequence).second) ++listed_count_;
      }
    }
  }
  if (const auto coupon = data.value("coupon_ref", ""); !coupon.empty() && !coupons_.insert(coupon).second)
    breaks(fmt::format("coupon {} was given twice, the second time by {}-{}", coupon, key.first, key.second));
  if (type == "io.aisle.epoch.started.v1") {
    if (key.second != 1) breaks(fmt::format("{}-{} is an epoch.started", key.first, key.second));
    if (data["previous_epoch"].is_string() && data["previous_last_sequence"].is_number()) {
      const auto last = data["previous_last_sequence"].get<std::uint64_t>();
      const auto [it, fresh] = closed_.try_emplace(data["previous_epoch"].get<std::string>(), last);
      if (!fresh) breaks(fmt::format("epoch {} was closed twice", it->first));
    }
  } else if (key.second == 1) {
    breaks(fmt::format("epoch {} begins with {}", key.first, type));
  }
}

bool Consumer::listed(const std::string& epoch, std::uint64_t sequence) const {
  const auto found = listed_.find(epoch);
  return found != listed_.end() && found->second.contains(sequence);
}

}  // namespace aisle::sim
