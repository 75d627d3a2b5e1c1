#include "tests/bench/resync/cloud.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "agent/base/hex.hpp"

namespace aisle::bench {
namespace {

using nlohmann::json;

constexpr std::uint64_t kCustomersPerPage = 320;  // below 100,000 bytes, as are the others
constexpr std::uint64_t kKeysPerPage = 3600;
constexpr std::uint64_t kOffersPerPage = 300;
constexpr std::uint64_t kCustomersPerDelta = 15'000;  // just below 4 MiB, as are the keys
constexpr std::uint64_t kKeysPerDelta = 150'000;
constexpr std::uint64_t kKeysPerRecord = 50'000;

json customer(std::uint64_t i, std::uint64_t tier) {
  const json granted = {{"granted_at", "2025-01-01T00:00:00Z"}, {"ref", "terms-2025-01"}};
  return {{"id", fmt::format("c-{:08x}", i)},
          {"devices", {{{"ordinal", i}}}},
          {"consent", {{"proximity", granted}, {"offers", granted}}},
          {"language", "en"},
          {"segments", {"gold", i % 2 == 0 ? "coffee" : "tea"}},
          {"tier", tier}};
}

json keys(std::uint64_t from, std::uint64_t to, std::int32_t day) {
  Bytes packed;
  for (std::uint64_t i = from; i < to; ++i) {
    for (unsigned shift = 0; shift < 32; shift += 8) packed.push_back(static_cast<std::byte>((i >> shift) & 0xFFU));
    const Key128 key = day_key(i);
    packed.insert(packed.end(), key.begin(), key.end());
  }
  return {{"day", day}, {"packed", to_base64(packed)}};
}

json offer(std::uint64_t i) {
  return {{"id", fmt::format("offer-{:06}", i)},
          {"version", 1},
          {"content", {{"en", {{"title", "Half price"}, {"body", "Today, at the counter, on every cup"}}}}},
          {"zones", {i % 1000 == 0 ? "coffee" : "elsewhere"}},
          {"trigger", "enter"},
          {"segments", {{"any", {"gold"}}}},
          {"caps", {{{"scope", "offer"}, {"count", 1}, {"period_s", 86400}}}},
          {"priority", i % 97}};
}

}  // namespace

Key128 day_key(std::uint64_t ordinal) {
  Key128 key{};
  for (unsigned byte = 0; byte < 16; ++byte) key[byte] = static_cast<std::byte>((ordinal * 2654435761U) >> byte);
  return key;
}

void BenchCloud::connect(const std::optional<sync::Will>& /*will*/) {
  core_.post([this] { listener_->on_connected({}); });
}

void BenchCloud::disconnect() {
  core_.post([this] {
    if (listener_ != nullptr) listener_->on_disconnected({"lost", "bye"});
  });
}

void BenchCloud::subscribe(std::vector<std::string> topics) {
  std::vector<std::pair<std::string, bool>> granted;
  for (auto& topic : topics) granted.emplace_back(std::move(topic), true);
  core_.post([this, granted] { listener_->on_subscribed(granted); });
}

void BenchCloud::publish(std::uint64_t token, sync::OutMessage message) {
  core_.post([this, token] {
    if (listener_ != nullptr) listener_->on_acknowledged(token, 0);
  });
  const auto end = message.topic.rfind("/request");
  if (end == std::string::npos) return;
  const auto begin = message.topic.rfind('/', end - 1) + 1;
  cloud_.post([this, dataset = message.topic.substr(begin, end - begin), request = message.payload] {
    answer(dataset, request);
  });
}

void BenchCloud::answer(const std::string& dataset, const std::string& request) {
  deliver("aisle/v1/s1/g1/sync/" + dataset, reply(dataset, request));
}

void BenchCloud::deliver(std::string topic, std::string payload) {
  core_.post([this, message = sync::InMessage{std::move(topic), std::move(payload)}] {
    if (listener_ == nullptr) return;
    bytes_ += message.payload.size();
    ++pages_;
    listener_->on_message(message);
  });
}

std::string BenchCloud::reply(const std::string& dataset, const std::string& text) {
  const auto request = json::parse(text);
  auto& cursor = cursors_.try_emplace(dataset, 1).first->second;
  if (request["epoch"] == epoch() && request["cursor"] == cursor)
    return json({{"epoch", epoch()}, {"from", cursor}, {"to", cursor}}).dump();
  return page(dataset, request["page"]);
}

std::string BenchCloud::page(const std::string& dataset, std::uint64_t number) const {
  const bool of_keys = dataset == "keys";
  const std::uint64_t per_page = of_keys ? kKeysPerPage : dataset == "offers" ? kOffersPerPage : kCustomersPerPage;
  const std::uint64_t all = dataset == "offers"                 ? size_.offers
                            : of_keys || dataset == "customers" ? size_.customers
                                                                : 0;
  const std::uint64_t from = number * per_page;
  const std::uint64_t to = std::min(all, from + per_page);
  json upserts = json::array();
  if (of_keys && to > from) upserts.push_back(keys(from, to, size_.day));
  for (std::uint64_t i = from; i < to && !of_keys; ++i)
    upserts.push_back(dataset == "offers" ? offer(i) : customer(i, i % 4));
  const std::uint64_t pages = std::max<std::uint64_t>(1, (all + per_page - 1) / per_page);
  return json({{"epoch", epoch()},
               {"snapshot", "s"},
               {"page", number},
               {"pages", pages},
               {"to", cursors_.at(dataset)},
               {"upserts", upserts}})
      .dump();
}

void BenchCloud::push_customers() {
  cloud_.post([this] {
    json upserts = json::array();
    for (std::uint64_t i = 0; i < std::min(size_.customers, kCustomersPerDelta); ++i) upserts.push_back(customer(i, 9));
    push("customers", upserts.dump());
  });
}

void BenchCloud::push_keys() {
  cloud_.post([this] {
    json upserts = json::array();
    const std::uint64_t all = std::min(size_.customers, kKeysPerDelta);
    for (std::uint64_t i = 0; i < all; i += kKeysPerRecord)
      upserts.push_back(keys(i, std::min(i + kKeysPerRecord, all), size_.day + 1));
    push("keys", upserts.dump());
  });
}

void BenchCloud::push(const std::string& dataset, const std::string& upserts) {
  auto& cursor = cursors_.at(dataset);
  deliver("aisle/v1/s1/_all/sync/" + dataset,
          fmt::format(R"({{"epoch":"{}","from":{},"to":{},"upserts":{}}})", epoch(), cursor, cursor + 1, upserts));
  ++cursor;
}

void BenchCloud::renew() {
  cloud_.post([this] {
    ++size_.epoch;
    --size_.customers;
    --size_.offers;
    for (auto& [dataset, cursor] : cursors_) {
      cursor = 1;
      deliver("aisle/v1/s1/_all/sync/" + dataset, json({{"epoch", epoch()}, {"from", 1}, {"to", 1}}).dump());
    }
  });
}

}  // namespace aisle::bench
