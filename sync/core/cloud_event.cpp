#include "sync/core/session.hpp"

namespace aisle::sync {

std::string cloud_event(const Event& event, std::string_view store, std::string_view gateway, std::string_view epoch,
                        std::uint64_t sequence, UnixTime recorded) {
  const std::string digits = fmt::format("{:020}", sequence);
  Json out = Json::object();
  out["specversion"] = "1.0";
  out["type"] = fmt::format("io.aisle.{}.v1", event.type);
  out["source"] = fmt::format("/stores/{}/gateways/{}", store, gateway);
  out["id"] = fmt::format("{}-{}", epoch, digits);
  out["sequence"] = digits;
  out["time"] = format_rfc3339(event.time);
  out["recordedtime"] = format_rfc3339(recorded);
  out["datacontenttype"] = "application/json";
  out["dataschema"] = fmt::format("https://aisle.io/schemas/{}.v1.json", event.type);
  if (event.customer) out["partitionkey"] = *event.customer;
  if (event.time_estimated) out["timequality"] = "estimated";
  out["data"] = event.data;
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string event_topic(std::string_view prefix, std::string_view store, std::string_view gateway,
                        std::string_view type) {
  std::string path(type);
  if (const auto dot = path.find('.'); dot != std::string::npos) path[dot] = '/';
  return fmt::format("{}/{}/{}/evt/{}", prefix, store, gateway, path);
}

}  // namespace aisle::sync
