#include "agent/cli/cloud/feed_text.hpp"

#include <fmt/format.h>

namespace aisle::cloud {
namespace {

using nlohmann::json;

const json& member(const json& object, const char* name) {
  static const json kNull;
  if (!object.is_object()) return kNull;
  const auto it = object.find(name);
  return it == object.end() ? kNull : *it;
}

std::string text(const json& object, const char* name) {
  const json& value = member(object, name);
  if (value.is_string()) return value.get<std::string>();
  return value.is_null() ? "" : value.dump();
}

std::string evidence_text(const json& data) {
  const json& evidence = member(data, "evidence");
  return fmt::format("{} dBm of {} samples, {}", text(evidence, "rssi_dbm"), text(evidence, "samples"),
                     text(data, "confidence"));
}

std::string offer_text(const json& data) {
  std::string out = fmt::format("{} v{} on {}: \"{}\"", text(data, "offer_id"), text(data, "offer_version"),
                                text(data, "trigger"), text(member(data, "content"), "title"));
  if (const auto coupon = text(data, "coupon_ref"); !coupon.empty()) out += fmt::format(", coupon {}", coupon);
  if (member(data, "holdout") == true) out += ", held out";
  if (const json& latency = member(data, "latency_us"); latency.is_number())
    out += fmt::format(", decided in {:.2f} ms", latency.get<double>() / 1000.0);
  return out;
}

std::string detail(const std::string& name, const json& data) {
  if (name == "zone.entered") return evidence_text(data);
  if (name == "zone.dwelled" || name == "zone.exited") return fmt::format("after {} s", text(data, "dwell_s"));
  if (name == "offer.decided") return offer_text(data);
  if (name == "visit.started") return fmt::format("{} by {}", text(data, "assurance"), text(data, "carrier"));
  if (name == "visit.ended")
    return fmt::format("{}, {} s in {} stays", text(data, "reason"), text(data, "duration_s"),
                       member(data, "zones").size());
  if (name == "coverage.changed") return text(data, "state");
  if (name == "sync.applied") {
    return fmt::format("{}: {} records at {}, {} refused", text(data, "dataset"), text(data, "count"),
                       text(data, "cursor"), member(data, "refused").size());
  }
  if (name == "epoch.started") return text(data, "reason");
  if (name == "outbox.dropped") return fmt::format("{} {}", text(data, "reason"), member(data, "ranges").dump());
  return data.dump();
}

}  // namespace

std::string feed_text(const json& event) {
  const std::string type = text(event, "type");
  constexpr std::string_view kPrefix = "io.aisle.";
  if (!type.starts_with(kPrefix) || type.size() < kPrefix.size() + 3)
    return event.dump(-1, ' ', false, json::error_handler_t::replace);
  const std::string name = type.substr(kPrefix.size(), type.size() - kPrefix.size() - 3);
  const std::string source = text(event, "source");
  const json& data = member(event, "data");
  const std::string time = text(event, "time");
  return fmt::format("{}  {:<6} {:<9} {:<16} {:<12} {}", time.size() >= 19 ? time.substr(11, 8) : time,
                     source.substr(source.rfind('/') + 1), text(data, "customer_id"), name, text(data, "zone_id"),
                     detail(name, data));
}

}  // namespace aisle::cloud
