#include "agent/pipeline/event_data.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "agent/base/hex.hpp"
#include "agent/base/sha256.hpp"

namespace aisle::pipeline {
namespace {

constexpr std::size_t kMaxReasons = 16;

// Seconds; milliseconds are all that an event says of a duration, and whole seconds are whole numbers.
Json in_seconds(Duration span) {
  const std::int64_t ms = (span.count() + 500) / 1000;
  if (ms % 1000 == 0) return ms / 1000;
  return static_cast<double>(ms) / 1e3;
}
double one_decimal(double value) {
  return std::round(value * 10.0) / 10.0;
}

Event of_visit(std::string type, const presence::Visit& visit, UnixTime at) {
  Event event;
  event.type = std::move(type);
  event.time = at;
  event.customer = visit.customer;
  event.data = {{"visit_id", visit.id}, {"customer_id", visit.customer}};
  return event;
}

// The customer's language, then its primary subtag, then English, then whichever comes first.
Json content_for(const Offer& offer, const std::string& language) {
  auto it = offer.content.find(language);
  if (it == offer.content.end()) it = offer.content.find(language.substr(0, language.find('-')));
  if (it == offer.content.end()) it = offer.content.find("en");
  if (it == offer.content.end()) it = offer.content.begin();
  if (it == offer.content.end()) return Json::object();
  Json content = {{"language", it->first}, {"title", it->second.title}, {"body", it->second.body}};
  if (!offer.url.empty()) content["url"] = offer.url;
  return content;
}

// What spoke for the offer, then what spoke against those that rank higher.
Json reasons_for(const DecidedOffer& decided, std::string_view zone) {
  const Offer& offer = *decided.decision.offer;
  Json reasons = Json::array();
  reasons.push_back(fmt::format("zone:{}", zone));
  reasons.push_back(fmt::format("priority:{}", offer.priority));
  if (!offer.segments_any.empty() || !offer.segments_all.empty()) reasons.push_back("segments");
  if (offer.tier_min) reasons.push_back(fmt::format("tier:{}", decided.customer.tier));
  for (const auto& refused : decided.decision.refused) {
    if (refused.why == offers::Refusal::outranked) continue;
    if (reasons.size() == kMaxReasons) break;
    reasons.push_back(fmt::format("refused:{}:{}", refused.offer, offers::to_string(refused.why)));
  }
  return reasons;
}

// Of a lease: its code, or "lease/fence/unit", which is given once. Holdouts get none.
std::string coupon_ref(const DecidedOffer& decided) {
  const auto& decision = decided.decision;
  if (!decision.offer->coupon || decision.holdout) return {};
  if (!decision.lease) return decision.offer->coupon->code;
  const LeaseSpend& spend = *decision.lease;
  return spend.code.empty() ? fmt::format("{}/{}/{}", spend.lease, spend.fence, spend.unit) : spend.code;
}

}  // namespace

std::string_view to_string(Trigger trigger) {
  static constexpr std::array<std::string_view, 3> kNames = {"enter", "dwell", "exit"};
  return kNames.at(static_cast<std::size_t>(trigger));
}

Event visit_started(const presence::Visit& visit) {
  Event event = of_visit("visit.started", visit, visit.started.wall);
  event.data["assurance"] = aisle::to_string(visit.assurance);
  event.data["carrier"] = aisle::to_string(visit.carrier);
  return event;
}

Event visit_ended(const presence::Visit& visit, presence::EndReason reason, Stamp at) {
  Event event = of_visit("visit.ended", visit, at.wall);
  event.data["assurance"] = aisle::to_string(visit.assurance);
  event.data["carrier"] = aisle::to_string(visit.carrier);
  event.data["duration_s"] = in_seconds(std::max(Duration{0}, at.mono - visit.started.mono));
  Json zones = Json::array();
  for (const auto& stay : visit.zones) {
    zones.push_back({{"zone_id", stay.zone},
                     {"entered", format_rfc3339(stay.entered)},
                     {"left", format_rfc3339(stay.left.value_or(at.wall))}});
  }
  event.data["zones"] = std::move(zones);
  event.data["reason"] = presence::to_string(reason);
  return event;
}

Event zone_event(std::string_view name, const presence::Visit& visit, const presence::Stay& stay,
                 std::optional<Duration> dwell, UnixTime at) {
  Event event = of_visit(fmt::format("zone.{}", name), visit, at);
  event.data["zone_id"] = stay.zone_id;
  event.data["evidence"] = {
      {"method", "rssi"}, {"rssi_dbm", one_decimal(stay.evidence.rssi_dbm)}, {"samples", stay.evidence.samples}};
  event.data["confidence"] = aisle::to_string(stay.confidence);
  if (dwell) event.data["dwell_s"] = in_seconds(*dwell);
  return event;
}

Event coverage_changed(std::string_view zone, presence::Coverage coverage, UnixTime at) {
  Event event;
  event.type = "coverage.changed";
  event.time = at;
  event.data = {{"zone_id", zone}, {"state", presence::to_string(coverage)}};
  return event;
}

Event offer_decided(const DecidedOffer& decided) {
  const Offer& offer = *decided.decision.offer;
  Event event = of_visit("offer.decided", decided.visit, decided.at);
  event.durability = EventClass::ledger;
  Json& data = event.data;
  data["offer_id"] = offer.id;
  data["offer_version"] = offer.version;
  data["decision_id"] = decided.decision_id;
  data["zone_id"] = decided.stay.zone_id;
  data["trigger"] = to_string(decided.trigger);
  data["content"] = content_for(offer, decided.customer.language);
  if (const auto coupon = coupon_ref(decided); !coupon.empty()) data["coupon_ref"] = coupon;
  data["reasons"] = reasons_for(decided, decided.stay.zone_id);
  data["holdout"] = decided.decision.holdout;
  data["assurance"] = aisle::to_string(decided.visit.assurance);
  UnixTime expires = decided.at + offer.ttl;
  if (offer.valid_until) expires = std::min(expires, *offer.valid_until);
  data["expires_at"] = format_rfc3339(expires);
  if (decided.latency) data["latency_us"] = decided.latency->count();
  return event;
}

std::string decision_id(const presence::Visit& visit, const presence::Stay& stay, Trigger trigger) {
  std::string text = fmt::format("{}|{}|{}|{}", visit.id, stay.zone_id, stay.entered.wall.time_since_epoch().count(),
                                 to_string(trigger));
  const auto digest = sha256(std::as_bytes(std::span(text)));
  return to_hex(std::span(digest).first(8));
}

}  // namespace aisle::pipeline
