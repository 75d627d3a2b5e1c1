#include "ble/bluez/device.hpp"

#include "agent/model/advert.hpp"
#include "ble/bluez/payload.hpp"

namespace aisle::bluez {
namespace {

Dbm to_dbm(std::int64_t value) {
  return value < -127 || value > 126 ? Dbm{} : Dbm{static_cast<std::int8_t>(value)};
}

// No part of an advert is longer than an advert can be, however much is claimed.
Bytes bounded(Bytes structures) {
  if (structures.size() <= kMaxAdvertData) return structures;
  Bytes out;
  append_structures(out, structures, kMaxAdvertData);
  return out;
}

// True where the value is of the type that `encode` takes.
template <class T>
bool set(std::optional<Bytes>& field, const Value& value, Bytes (*encode)(const T&)) {
  const auto* typed = std::get_if<T>(&value);
  if (typed != nullptr) field = bounded(encode(*typed));
  return typed != nullptr;
}

void apply(DeviceChange& change, const Property& property) {
  const auto& [name, value] = property;
  if (name == "RSSI") {
    if (const auto* level = std::get_if<std::int64_t>(&value)) {
      change.rssi = to_dbm(*level);
      change.heard = true;
    }
  } else if (name == "ManufacturerData") {
    change.heard |= set(change.manufacturers, value, &encode_manufacturers);
  } else if (name == "ServiceData") {
    change.heard |= set(change.services, value, &encode_services);
  } else if (name == "UUIDs") {
    change.heard |= set(change.uuids, value, &encode_uuids);
  } else if (name == "Address") {
    if (const auto* text = std::get_if<std::string_view>(&value)) change.address = parse_address(*text);
  } else if (name == "AddressType") {
    if (const auto* text = std::get_if<std::string_view>(&value)) {
      if (*text == "random" || *text == "public") change.random = *text == "random";
    }
  }
}

void withdraw(DeviceChange& change, std::string_view name) {
  if (name == "RSSI") change.rssi = Dbm{};
  if (name == "ManufacturerData") change.manufacturers.emplace();
  if (name == "ServiceData") change.services.emplace();
  if (name == "UUIDs") change.uuids.emplace();
}

// -1: none.
int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

DeviceChange device_change(const Properties& changed, const Texts& invalidated) {
  DeviceChange change;
  for (const auto name : invalidated) withdraw(change, name);
  for (const auto& property : changed) apply(change, property);
  return change;
}

std::optional<AddressBytes> parse_address(std::string_view text, char separator) {
  if (text.size() != 17) return std::nullopt;
  AddressBytes out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_digit(text[3 * i]);
    const int low = hex_digit(text[3 * i + 1]);
    if (high < 0 || low < 0 || (i > 0 && text[3 * i - 1] != separator)) return std::nullopt;
    out[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return out;
}

std::optional<AddressBytes> device_of(std::string_view adapter, std::string_view path) {
  constexpr std::string_view kDevice = "/dev_";
  if (adapter.empty() || !path.starts_with(adapter)) return std::nullopt;
  path.remove_prefix(adapter.size());
  if (!path.starts_with(kDevice)) return std::nullopt;
  return parse_address(path.substr(kDevice.size()), '_');
}

}  // namespace aisle::bluez
