#include "tests/sim/shop.hpp"

#include <array>
#include <cmath>

#include "agent/base/hex.hpp"

namespace aisle::sim {
namespace {

using nlohmann::json;

constexpr Duration kAdvertEvery = seconds(3);
constexpr Duration kVisitEvery = seconds(255);  // on average; makes about 100 events an hour
constexpr Duration kChangeEvery = seconds(1500);
constexpr std::size_t kPeople = 8;
constexpr std::array<const char*, 2> kReceivers = {"g1", "g2"};
constexpr std::array<const char*, 2> kZones = {"coffee", "desk"};

config::ZoneEntry zone(const char* id, const char* receiver) {
  config::ZoneEntry out;
  out.id = id;
  out.name = id;
  out.receivers = {{receiver, -68, -76}};
  return out;
}

// Exponential, at most ten times the mean.
Duration about(Duration mean, Random& random) {
  const double factor = std::min(10.0, -std::log(1.0 - random.unit()));
  return Duration(static_cast<std::int64_t>(factor * static_cast<double>(mean.count())));
}

}  // namespace

config::Config Shop::config() {
  config::Config config;
  config.store = {"s1", "g1", "Europe/Madrid"};
  config.zones = {zone(kZones[0], kReceivers[0]), zone(kZones[1], kReceivers[1])};
  config.presence.visit_gap = seconds(180);
  return config;
}

Shop::Shop(Scheduler& world, const ManualClock& clock, Random& random, Broker& broker, std::uint64_t seed)
    : world_(world), clock_(clock), random_(random), broker_(broker), seed_(seed) {}

Key128 Shop::day_key(std::uint32_t ordinal, std::int32_t day) const {
  SeededRandom bits(seed_ ^ (std::uint64_t{ordinal} << 32U) ^ static_cast<std::uint32_t>(day));
  Key128 key{};
  for (auto& byte : key) byte = static_cast<std::byte>(bits.next() & 0xFFU);
  return key;
}

void Shop::push(Dataset dataset, const std::vector<std::string>& deletes, const std::vector<json>& upserts) {
  broker_.push(dataset, broker_.cloud(dataset).change(deletes, upserts));
}

void Shop::publish_person(const Person& person) {
  json consent = {{"offers", {{"granted_at", "2026-01-01T00:00:00Z"}}}};
  if (person.consents) consent["proximity"] = {{"granted_at", "2026-01-01T00:00:00Z"}};
  const json record = {{"id", person.id}, {"devices", {{{"ordinal", person.ordinal}}}}, {"consent", consent}};
  push(Dataset::customers, {}, {record});
}

void Shop::add_person() {
  Person person;
  person.ordinal = static_cast<std::uint32_t>(people_.size() + 1);
  person.id = fmt::format("c-{:04}", person.ordinal);
  person.consents = random_.below(8) != 0;
  people_.push_back(person);
  publish_person(person);
  const std::int32_t today = utc_day(true_time());
  std::vector<json> keys;
  for (std::int32_t day = today - 1; day < keys_through_; ++day) {
    keys.push_back({{"day", day}, {"ordinal", person.ordinal}, {"key", to_hex(day_key(person.ordinal, day))}});
  }
  if (!keys.empty()) push(Dataset::keys, {}, keys);
}

// Up to tomorrow's, and again every six hours.
void Shop::provide_keys() {
  std::vector<json> keys;
  for (; keys_through_ <= utc_day(true_time()) + 1; ++keys_through_) {
    for (const Person& person : people_) {
      const Key128 key = day_key(person.ordinal, keys_through_);
      keys.push_back({{"day", keys_through_}, {"ordinal", person.ordinal}, {"key", to_hex(key)}});
    }
  }
  if (!keys.empty()) push(Dataset::keys, {}, keys);
  world_.after(std::chrono::hours(6), [this] { provide_keys(); });
}

json Shop::offer(const std::string& id) {
  json out = {{"id", id}, {"version", ++version_}, {"content", {{"en", {{"title", id}, {"body", "Half price"}}}}}};
  if (id == "base") {
    out["trigger"] = "enter";
    out["caps"] = {{{"scope", "offer"}, {"count", 1}, {"period_s", kCapPeriod}}};
    out["priority"] = 5;
  } else {
    out["trigger"] = random_.below(2) == 0 ? "dwell" : "exit";
    out["cooldown_s"] = 600 + random_.below(3000);
    out["holdout_percent"] = random_.below(20);
    out["priority"] = 1 + random_.below(4);
    if (id == "o-3") out["coupon"] = {{"lease", true}};
  }
  return out;
}

// Few units, so that they run out; now and then granted anew under a higher fence.
json Shop::lease() {
  if (random_.below(2) == 0) ++fence_;
  return {{"id", "l-1"},     {"offer_id", "o-3"},
          {"gateway", "g1"}, {"units", 1 + random_.below(20)},
          {"fence", fence_}, {"expires", format_rfc3339(true_time() + seconds(1800 + random_.below(86'400)))}};
}

void Shop::open() {
  keys_through_ = utc_day(true_time()) - 1;
  for (std::size_t i = 0; i < kPeople; ++i) add_person();
  provide_keys();
  push(Dataset::offers, {}, {offer("base"), offer("o-1"), offer("o-2"), offer("o-3")});
  push(Dataset::assets, {}, {{{"id", "a-1"}, {"kind", "reference"}, {"irk", std::string(32, '1')}}});
  push(Dataset::leases, {}, {lease()});
  push(Dataset::inventory, {}, {{{"sku", "4006381333931"}, {"quantity", 12}, {"as_of", "2026-01-01T00:00:00Z"}}});
  push(Dataset::orders, {}, {{{"id", "order-1"}, {"customer_id", "nobody"}, {"state", "placed"}}});
  invite(seconds(20));
  change_something(kChangeEvery);
}

// A delta that got lost shows in the gap before the next.
void Shop::close() {
  open_ = false;
  push(Dataset::customers, {"nobody"}, {});
  push(Dataset::offers, {}, {offer("base")});
  push(Dataset::assets, {"a-0"}, {});
  push(Dataset::keys, {"1"}, {});
  push(Dataset::leases, {"l-0"}, {});
  push(Dataset::inventory, {"none"}, {});
  push(Dataset::orders, {"order-0"}, {});
}

void Shop::change_something(Duration delay) {
  world_.after(delay, [this] {
    if (!open_) return;
    change_once();
    change_something(about(kChangeEvery, random_));
  });
}

void Shop::change_once() {
  const auto number = random_.below(people_.size());
  Person& person = people_[number];
  switch (random_.below(10)) {
    case 0:
      person.consents = !person.consents || random_.below(2) == 0;
      if (!person.gone) publish_person(person);
      break;
    case 1:
      if (!person.gone) push(Dataset::customers, {person.id}, {});
      person.gone = true;
      break;
    case 2:
      if (people_.size() < 40) add_person();
      break;
    case 3:  // refused by name; the rest applies
      push(Dataset::offers, {}, {offer("o-4"), {{"id", "poison"}, {"version", "one"}}});
      break;
    case 4:
      push(Dataset::offers, {"o-4"}, {});
      break;
    case 5:
      broker_.cloud(Dataset::offers).forget_deltas();
      push(Dataset::offers, {}, {offer("o-1")});
      break;
    case 6:
      push(Dataset::leases, {}, {lease()});
      break;
    default:
      push(Dataset::offers, {}, {offer(fmt::format("o-{}", 1 + random_.below(3)))});
  }
}

void Shop::invite(Duration delay) {
  world_.after(delay, [this] {
    if (!open_) return;
    std::size_t who = random_.below(people_.size());
    for (int i = 0; i < 8 && people_[who].gone; ++i) who = random_.below(people_.size());
    visit(who, 1 + random_.below(3), seconds(400));
    invite(about(kVisitEvery, random_));
  });
}

void Shop::visit(std::size_t person, std::size_t stays, seconds longest) {
  Walk walk{person, {}};
  SteadyTime until = clock_.steady();
  for (std::size_t i = 0; i < stays; ++i) {
    until += seconds(20) + random_.jitter(longest - seconds(20));
    walk.stays.emplace_back(random_.below(2), until);
  }
  step(std::move(walk));
}

void Shop::step(Walk walk) {
  while (!walk.stays.empty() && walk.stays.front().second <= clock_.steady()) walk.stays.erase(walk.stays.begin());
  if (walk.stays.empty()) return;
  hear(people_[walk.person], walk.stays.front().first);
  world_.after(kAdvertEvery, [this, walk = std::move(walk)] { step(walk); });
}

void Shop::hear(Person& person, std::size_t zone) {
  if (sink_ == nullptr || clock_.steady() < deaf_until_[zone]) return;
  const std::uint32_t interval = token_interval(true_time());
  if (person.interval != interval) {
    const Key128 key = identity::derive_rpik(day_key(person.ordinal, utc_day(true_time())));
    const auto ad = identity::token_ad(identity::derive_rpi(key, interval));
    person.advert.assign(ad.begin(), ad.end());
    person.interval = interval;
  }
  Advert advert;
  advert.at = clock_.stamp();
  advert.receiver = GatewayId(kReceivers[zone]);
  advert.address.random = true;
  advert.rssi = Dbm{static_cast<std::int8_t>(-55 - static_cast<int>(random_.below(5)))};
  advert.payload = Payload(person.advert);
  advert.arrived = clock_.steady();
  sink_->offer(std::move(advert));
}

std::vector<std::string> Shop::everybody_visits() {
  std::vector<std::string> seen;
  for (std::size_t i = 0; i < people_.size(); ++i) {
    visit(i, 1, seconds(60));
    if (people_[i].consents && !people_[i].gone) seen.push_back(people_[i].id);
  }
  return seen;
}

void Shop::set_sink(SourceSink* sink) {
  sink_ = sink;
  if (sink_ == nullptr) return;
  for (const char* receiver : kReceivers) sink_->offer(ReceiverState{clock_.stamp(), GatewayId(receiver), true, ""});
}

void Shop::receiver_fails(Duration span) {
  const std::size_t which = random_.below(2);
  deaf_until_[which] = clock_.steady() + span;
  if (sink_ == nullptr) return;
  sink_->offer(ReceiverState{clock_.stamp(), GatewayId(kReceivers[which]), false, "simulated"});
  world_.after(span, [this, which] {
    if (sink_ != nullptr) sink_->offer(ReceiverState{clock_.stamp(), GatewayId(kReceivers[which]), true, ""});
  });
}

}  // namespace aisle::sim
