// BTHome v2 objects (bthome.io/format): id | value, little-endian; text and raw: id | length | bytes. An unknown id
// ends the list, for its length is unknown; senders sort by id, so later versions append.
#include <array>

#include "ble/decode/bthome.hpp"

namespace aisle::decode {
namespace {

enum class Form : std::uint8_t { number, signed_number, boolean, button, dimmer, text, raw, version };

struct ObjectType {
  std::uint8_t id;
  std::uint8_t size;  // bytes of the value; kVariable: a length byte says
  Form form;
  std::string_view name;
  std::string_view unit;
  std::uint8_t places = 0;  // the unit of the number is factor x 10^-places
  std::uint8_t factor = 1;
};
constexpr std::uint8_t kVariable = 0;

constexpr ObjectType number(std::uint8_t id, std::uint8_t size, std::uint8_t places, std::string_view name,
                            std::string_view unit = {}) {
  return {id, size, Form::number, name, unit, places};
}
constexpr ObjectType signed_number(std::uint8_t id, std::uint8_t size, std::uint8_t places, std::string_view name,
                                   std::string_view unit = {}) {
  return {id, size, Form::signed_number, name, unit, places};
}
constexpr ObjectType boolean(std::uint8_t id, std::string_view name) {
  return {id, 1, Form::boolean, name, {}};
}

constexpr std::array kTypes = {
    number(0x00, 1, 0, "packet_id"),
    number(0x01, 1, 0, "battery", "%"),
    signed_number(0x02, 2, 2, "temperature", "°C"),
    number(0x03, 2, 2, "humidity", "%"),
    number(0x04, 3, 2, "pressure", "hPa"),
    number(0x05, 3, 2, "illuminance", "lux"),
    number(0x06, 2, 2, "mass", "kg"),
    number(0x07, 2, 2, "mass", "lb"),
    signed_number(0x08, 2, 2, "dewpoint", "°C"),
    number(0x09, 1, 0, "count"),
    number(0x0A, 3, 3, "energy", "kWh"),
    number(0x0B, 3, 2, "power", "W"),
    number(0x0C, 2, 3, "voltage", "V"),
    number(0x0D, 2, 0, "pm2_5", "ug/m3"),
    number(0x0E, 2, 0, "pm10", "ug/m3"),
    boolean(0x0F, "generic_boolean"),
    boolean(0x10, "power"),
    boolean(0x11, "opening"),
    number(0x12, 2, 0, "co2", "ppm"),
    number(0x13, 2, 0, "tvoc", "ug/m3"),
    number(0x14, 2, 2, "moisture", "%"),
    boolean(0x15, "battery"),
    boolean(0x16, "battery_charging"),
    boolean(0x17, "carbon_monoxide"),
    boolean(0x18, "cold"),
    boolean(0x19, "connectivity"),
    boolean(0x1A, "door"),
    boolean(0x1B, "garage_door"),
    boolean(0x1C, "gas"),
    boolean(0x1D, "heat"),
    boolean(0x1E, "light"),
    boolean(0x1F, "lock"),
    boolean(0x20, "moisture"),
    boolean(0x21, "motion"),
    boolean(0x22, "moving"),
    boolean(0x23, "occupancy"),
    boolean(0x24, "plug"),
    boolean(0x25, "presence"),
    boolean(0x26, "problem"),
    boolean(0x27, "running"),
    boolean(0x28, "safety"),
    boolean(0x29, "smoke"),
    boolean(0x2A, "sound"),
    boolean(0x2B, "tamper"),
    boolean(0x2C, "vibration"),
    boolean(0x2D, "window"),
    number(0x2E, 1, 0, "humidity", "%"),
    number(0x2F, 1, 0, "moisture", "%"),
    ObjectType{0x3A, 1, Form::button, "button", {}},
    ObjectType{0x3C, 2, Form::dimmer, "dimmer", "steps"},
    number(0x3D, 2, 0, "count"),
    number(0x3E, 4, 0, "count"),
    signed_number(0x3F, 2, 1, "rotation", "°"),
    number(0x40, 2, 0, "distance", "mm"),
    number(0x41, 2, 1, "distance", "m"),
    number(0x42, 3, 3, "duration", "s"),
    number(0x43, 2, 3, "current", "A"),
    number(0x44, 2, 2, "speed", "m/s"),
    signed_number(0x45, 2, 1, "temperature", "°C"),
    number(0x46, 1, 1, "uv_index"),
    number(0x47, 2, 1, "volume", "L"),
    number(0x48, 2, 0, "volume", "mL"),
    number(0x49, 2, 3, "volume_flow_rate", "m3/hr"),
    number(0x4A, 2, 1, "voltage", "V"),
    number(0x4B, 3, 3, "gas", "m3"),
    number(0x4C, 4, 3, "gas", "m3"),
    number(0x4D, 4, 3, "energy", "kWh"),
    number(0x4E, 4, 3, "volume", "L"),
    number(0x4F, 4, 3, "water", "L"),
    number(0x50, 4, 0, "timestamp"),  // unix seconds
    number(0x51, 2, 3, "acceleration", "m/s²"),
    number(0x52, 2, 3, "gyroscope", "°/s"),
    ObjectType{0x53, kVariable, Form::text, "text", {}},
    ObjectType{0x54, kVariable, Form::raw, "raw", {}},
    number(0x55, 4, 3, "volume_storage", "L"),
    number(0x56, 2, 0, "conductivity", "µS/cm"),
    signed_number(0x57, 1, 0, "temperature", "°C"),
    ObjectType{0x58, 1, Form::signed_number, "temperature", "°C", 2, 35},
    signed_number(0x59, 1, 0, "count"),
    signed_number(0x5A, 2, 0, "count"),
    signed_number(0x5B, 4, 0, "count"),
    signed_number(0x5C, 4, 2, "power", "W"),
    signed_number(0x5D, 2, 3, "current", "A"),
    number(0x5E, 2, 2, "direction", "°"),
    number(0x5F, 2, 1, "precipitation", "mm"),
    number(0x60, 1, 0, "channel"),
    number(0x61, 2, 0, "rotational_speed", "rpm"),
    signed_number(0x62, 4, 6, "speed", "m/s"),
    signed_number(0x63, 4, 6, "acceleration", "m/s²"),
    number(0x64, 1, 0, "light_level"),
    number(0xF0, 2, 0, "device_type_id"),
    ObjectType{0xF1, 4, Form::version, "firmware_version", {}},
    ObjectType{0xF2, 3, Form::version, "firmware_version", {}},
};

constexpr std::uint8_t kUnknown = 0xFF;
static_assert(kTypes.size() < kUnknown);

constexpr std::array<std::uint8_t, 256> kTypeOfId = [] {
  std::array<std::uint8_t, 256> index{};
  for (auto& place : index) place = kUnknown;
  for (std::size_t i = 0; i < kTypes.size(); ++i) index[kTypes[i].id] = static_cast<std::uint8_t>(i);
  return index;
}();

// The first object of a list. `type` is null at the end and for an unknown id; `whole` false when it is truncated.
struct Object {
  const ObjectType* type = nullptr;
  bool whole = false;
  std::span<const std::byte> value;
  std::span<const std::byte> after;
};

Object first_object(std::span<const std::byte> objects) {
  if (objects.empty()) return {};
  const std::uint8_t place = kTypeOfId[std::to_integer<std::uint8_t>(objects[0])];
  if (place == kUnknown) return {};
  const ObjectType& type = kTypes[place];
  std::size_t header = 1;
  std::size_t size = type.size;
  if (type.size == kVariable) {
    if (objects.size() < 2) return {&type, false, {}, {}};
    header = 2;
    size = std::to_integer<std::size_t>(objects[1]);
  }
  if (objects.size() - header < size) return {&type, false, {}, {}};
  return {&type, true, objects.subspan(header, size), objects.subspan(header + size)};
}

Decimal read_number(const ObjectType& type, std::span<const std::byte> value) {
  std::uint64_t bits = 0;
  for (std::size_t i = value.size(); i-- > 0;) bits = bits << 8U | std::to_integer<std::uint64_t>(value[i]);
  auto number = static_cast<std::int64_t>(bits);  // at most 32 bits
  const std::size_t width = 8 * value.size();
  if (type.form == Form::signed_number && (bits >> (width - 1) & 1U) != 0) number -= std::int64_t{1} << width;
  return {number * type.factor, type.places};
}

std::string_view button_event(std::byte code) {
  constexpr std::array<std::string_view, 7> kNames = {
      "none", "press", "double_press", "triple_press", "long_press", "long_double_press", "long_triple_press"};
  constexpr std::byte kHold{0x80};
  const auto index = std::to_integer<std::size_t>(code);
  if (index < kNames.size()) return kNames[index];
  return code == kHold ? "hold_press" : "unknown";
}

// Steps turned: left is negative, right positive, no or an unknown event 0.
Decimal dimmer_steps(std::span<const std::byte> value) {
  constexpr std::byte kLeft{0x01};
  constexpr std::byte kRight{0x02};
  const auto steps = std::to_integer<std::int64_t>(value[1]);
  if (value[0] == kLeft) return {-steps, 0};
  return {value[0] == kRight ? steps : 0, 0};
}

void read_value(const ObjectType& type, std::span<const std::byte> value, BtHomeMeasurement& out) {
  switch (type.form) {
    case Form::number:
    case Form::signed_number:
      out.value = read_number(type, value);
      break;
    case Form::boolean:
      out.value = value[0] != std::byte{0};
      break;
    case Form::button:
      out.value = BtHomeEvent{button_event(value[0])};
      break;
    case Form::dimmer:
      out.value = dimmer_steps(value);
      break;
    case Form::text:
      out.value = BtHomeText{value};
      break;
    case Form::raw:
      out.value = BtHomeRaw{value};
      break;
    case Form::version:
      out.value = BtHomeVersion{value};
      break;
  }
}

}  // namespace

double Decimal::value() const {
  constexpr std::array<double, 7> kPowers = {1, 10, 100, 1e3, 1e4, 1e5, 1e6};
  // A quotient of two exact numbers is the double nearest to the decimal, so it prints as that decimal.
  return static_cast<double>(mantissa) / kPowers.at(places);
}

bool BtHomeObjects::next(BtHomeMeasurement& out) {
  const Object object = first_object(rest_);
  if (object.type == nullptr || !object.whole) return false;
  out.object_id = object.type->id;
  out.name = object.type->name;
  out.unit = object.type->unit;
  read_value(*object.type, object.value, out);
  rest_ = object.after;
  return true;
}

BtHomeCheck check_bthome_objects(std::span<const std::byte> objects) {
  auto rest = objects;
  Object object = first_object(rest);
  while (object.type != nullptr && object.whole) {
    rest = object.after;
    object = first_object(rest);
  }
  return {objects.first(objects.size() - rest.size()), object.type != nullptr};
}

}  // namespace aisle::decode
