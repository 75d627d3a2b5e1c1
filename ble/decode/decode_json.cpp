#include "ble/decode/decode_json.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "agent/base/hex.hpp"
#include "ble/decode/ad_reader.hpp"
#include "ble/decode/bthome.hpp"
#include "ble/decode/decode.hpp"
#include "ble/decode/eddystone_url.hpp"
#include "ble/decode/utf8.hpp"

namespace aisle::decode {
namespace {

using Json = nlohmann::ordered_json;

std::string url_text(std::span<const std::byte> encoded) {
  std::string text(eddystone_url_scheme(encoded[0]));
  for (const std::byte code : encoded.subspan(1)) {
    const std::string_view piece = eddystone_url_expansion(code);
    if (piece.empty()) {
      text += static_cast<char>(code);
    } else {
      text += piece;
    }
  }
  return text;
}

// A BTHome value: numbers as numbers, bytes that are not text as hex, versions as "4.2.1.0".
struct ValueToJson {
  Json operator()(const Decimal& number) const {
    return number.places == 0 ? Json(number.mantissa) : Json(number.value());
  }
  Json operator()(bool state) const { return state; }
  Json operator()(const BtHomeEvent& event) const { return event.name; }
  Json operator()(const BtHomeText& text) const {
    if (!is_utf8(text.bytes)) return to_hex(text.bytes);
    std::string characters;
    for (const std::byte b : text.bytes) characters += static_cast<char>(b);
    return characters;
  }
  Json operator()(const BtHomeRaw& raw) const { return to_hex(raw.bytes); }
  Json operator()(const BtHomeVersion& version) const {
    std::string text;
    for (std::size_t i = version.parts.size(); i-- > 0;) {
      text += fmt::format("{}{}", std::to_integer<unsigned>(version.parts[i]), i == 0 ? "" : ".");
    }
    return text;
  }
};

Json measurements(std::span<const std::byte> objects) {
  Json list = Json::array();
  BtHomeObjects reader(objects);
  BtHomeMeasurement measurement;
  while (reader.next(measurement)) {
    const Json unit = measurement.unit.empty() ? Json(nullptr) : Json(measurement.unit);
    list.push_back(
        {{"name", measurement.name}, {"value", std::visit(ValueToJson(), measurement.value)}, {"unit", unit}});
  }
  return list;
}

// The fields of each kind, in the contract's order.
struct FieldsToJson {
  Json& out;

  void operator()(std::monostate /*none*/) const {}
  void operator()(const IBeacon& beacon) const {
    out["uuid"] = uuid_text(beacon.uuid);
    out["major"] = beacon.major;
    out["minor"] = beacon.minor;
    out["tx_power"] = beacon.tx_power;
  }
  void operator()(const AltBeacon& beacon) const {
    out["id1"] = uuid_text(beacon.id1);
    out["id2"] = beacon.id2;
    out["id3"] = beacon.id3;
    out["tx_power"] = beacon.tx_power;
    out["manufacturer"] = beacon.manufacturer;
  }
  void operator()(const EddystoneUidFrame& frame) const {
    out["namespace"] = to_hex(frame.name_space);
    out["instance"] = to_hex(frame.instance);
    out["tx_power"] = frame.tx_power;
  }
  void operator()(const EddystoneUrl& frame) const {
    out["url"] = url_text(frame.encoded);
    out["tx_power"] = frame.tx_power;
  }
  void operator()(const EddystoneTlm& frame) const {
    out["battery_mv"] = frame.battery_mv == 0 ? Json(nullptr) : Json(frame.battery_mv);
    out["temperature_c"] = frame.temperature_8_8 == INT16_MIN ? Json(nullptr) : Json(frame.temperature_8_8 / 256.0);
    out["advert_count"] = frame.advert_count;
    out["uptime_s"] = frame.uptime_ds / 10.0;
  }
  void operator()(const EddystoneEid& frame) const {
    out["eid"] = to_hex(frame.eid);
    out["tx_power"] = frame.tx_power;
  }
  void operator()(const AisleToken& token) const {
    out["version"] = token.version;
    out["rpi"] = to_hex(token.rpi);
  }
  void operator()(const AppleOverflow& area) const { out["mask"] = to_hex(area.mask); }
  void operator()(const BtHome& sensor) const {
    out["version"] = sensor.version;
    out["encrypted"] = sensor.encrypted;
    out["measurements"] = measurements(sensor.objects);
  }
};

void list_beacons(const Decoded& decoded, Json& list) {
  for (const Beacon& beacon : decoded.found()) {
    Json entry = {{"kind", to_string(kind_of(beacon))}};
    std::visit(FieldsToJson{entry}, beacon);
    list.push_back(std::move(entry));
  }
}

// Up to the one with the fault, of which what came before it is shown. One structure at a time, so that a long payload
// shows all its beacons: one structure has fewer than kMaxBeacons.
void list_structures(std::span<const std::byte> payload, Json& beacons, Json& structures) {
  Decoded decoded;
  AdReader reader(payload);
  AdStructure ad;
  while (reader.next(ad)) {
    structures.push_back({{"type", fmt::format("0x{:02x}", ad.type)}, {"data", to_hex(ad.data)}});
    decode(payload.subspan(ad.offset, reader.offset() - ad.offset), decoded);
    list_beacons(decoded, beacons);
    if (decoded.malformed) return;
  }
}

// As `dump`, but floats in the shortest form that reads back the same: the library's own writer prints one decimal in
// ten thousand with 17 digits. Every string is ASCII or checked UTF-8; `replace` makes a failure of that visible, not
// fatal.
std::string to_text(const Json& value) {
  if (value.is_number_float()) return fmt::format("{}", value.get<double>());
  if (!value.is_structured()) return value.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string text;
  for (const auto& item : value.items()) {
    if (!text.empty()) text += ',';
    if (value.is_object()) text += '"' + item.key() + "\":";  // keys are our own
    text += to_text(item.value());
  }
  return value.is_object() ? '{' + text + '}' : '[' + text + ']';
}

}  // namespace

std::string decode_to_json(std::span<const std::byte> payload) {
  Decoded decoded;
  decode(payload, decoded);
  Json out;
  out["beacons"] = Json::array();
  out["ad"] = Json::array();
  list_structures(payload, out["beacons"], out["ad"]);
  out["error"] = nullptr;
  if (decoded.malformed) out["error"] = {{"offset", decoded.error.offset}, {"reason", decoded.error.reason}};
  return to_text(out);
}

}  // namespace aisle::decode
