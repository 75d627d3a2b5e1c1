#include <nlohmann/json.hpp>

#include "ble/simulator/population.hpp"

namespace aisle::simulator {
namespace {

using Json = nlohmann::ordered_json;

Json consent_json(const Consent& consent) {
  Json out = {{"granted_at", format_rfc3339(consent.granted_at)}};
  if (consent.expires_at) out["expires_at"] = format_rfc3339(*consent.expires_at);
  out["ref"] = consent.ref;
  return out;
}

Json customer_json(const Customer& customer) {
  Json out = {{"id", customer.id}, {"devices", Json::array()}, {"consent", Json::object()}};
  for (const Device& device : customer.devices) out["devices"].push_back({{"ordinal", device.ordinal}});
  if (customer.proximity) out["consent"]["proximity"] = consent_json(*customer.proximity);
  if (customer.offers) out["consent"]["offers"] = consent_json(*customer.offers);
  if (customer.analytics) out["consent"]["analytics"] = consent_json(*customer.analytics);
  out["language"] = customer.language;
  out["segments"] = customer.segments;
  out["tier"] = customer.tier;
  out["interests"] = customer.interests;
  return out;
}

Json stay_json(const Stay& stay) {
  return {{"customer_id", stay.customer_id},
          {"zone_id", stay.zone_id},
          {"entered", format_rfc3339(stay.entered)},
          {"left", format_rfc3339(stay.left)},
          {"proximity_consent", stay.proximity_consent}};
}

// An array, one element a line.
template <class Items, class ToJson>
std::string array_text(const Items& items, ToJson to_json) {
  std::string out = "[";
  const char* separator = "\n";
  for (const auto& item : items) {
    out += separator + to_json(item).dump();
    separator = ",\n";
  }
  return out + "\n]\n";
}

}  // namespace

std::string customers_json(const SimulatedPopulation& population) {
  return array_text(population.customers, customer_json);
}

std::string keys_jsonl(const SimulatedPopulation& population) {
  std::string out;
  for (const DayKey& key : population.keys)
    out += fmt::format("{{\"ordinal\":{},\"day\":{},\"key\":\"{}\"}}\n", key.ordinal, key.day, to_hex(key.key));
  return out;
}

std::string truth_json(const SimulatedPopulation& population) {
  return array_text(population.truth, stay_json);
}

}  // namespace aisle::simulator
