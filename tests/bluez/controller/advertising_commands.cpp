// Our own advertising, legacy (handle 0) and extended (Vol 4 Part E 7.8.4 to .9, .52 to .60): recorded, and put on the
// air by whoever connects controllers.
#include <algorithm>

#include "tests/bluez/controller/advertisement.hpp"
#include "tests/bluez/controller/command_handlers.hpp"

namespace aisle::rig::commands {
namespace {

constexpr std::uint8_t kLegacyHandle = 0;
constexpr std::size_t kSets = 4;
constexpr std::uint8_t kOwnPower = 0;  // dBm
constexpr unsigned kMaxData = 1650;
// Operation of an extended data command.
constexpr unsigned kIntermediate = 0;
constexpr unsigned kLast = 2;
constexpr unsigned kUnchanged = 4;

Bytes with_power(HciStatus result) {
  Bytes out = status(result);
  out.push_back(static_cast<std::byte>(kOwnPower));
  return out;
}

PduKind legacy_kind(unsigned type) {
  if (type == 2) return PduKind::scan;
  return type == 3 ? PduKind::nonconn : PduKind::ind;
}

// Properties: 1 connectable, 2 scannable, 10 legacy PDUs.
PduKind kind_of(unsigned properties) {
  if ((properties & 0x10U) == 0) return PduKind::extended_nonconn;
  if ((properties & 1U) != 0) return PduKind::ind;
  return (properties & 2U) != 0 ? PduKind::scan : PduKind::nonconn;
}

AdvertisingSet* find_set(HciState& state, std::uint8_t handle) {
  const auto it = state.advertising.find(handle);
  return it == state.advertising.end() ? nullptr : &it->second;
}

// length, data
Bytes set_legacy_data(Bytes& target, ByteCursor& parameters) {
  const std::size_t length = parameters.u8();
  if (length > kMaxLegacyData) return status(HciStatus::invalid_parameters);
  const ByteSpan data = parameters.take(length);
  target.assign(data.begin(), data.end());
  return success();
}

// operation, fragment preference, length, data
Bytes set_data(Bytes& target, ByteCursor& parameters) {
  const unsigned operation = parameters.u8();
  parameters.skip(1);
  const ByteSpan data = parameters.take(parameters.u8());
  if (!parameters.ok()) return status(HciStatus::invalid_parameters);
  if (operation == kUnchanged) return success();
  if (operation != kIntermediate && operation != kLast) target.clear();
  if (target.size() + data.size() > kMaxData) return status(HciStatus::memory_exceeded);
  target.insert(target.end(), data.begin(), data.end());
  return success();
}

}  // namespace

Bytes le_set_random_address(HciState& state, ByteCursor& parameters) {
  state.random_address = read_address(parameters, true);
  return success();
}

// shortest interval[2], longest[2], type, own address type, ...
Bytes le_set_advertising_parameters(HciState& state, ByteCursor& parameters) {
  AdvertisingSet& set = state.advertising[kLegacyHandle];
  if (set.enabled) return status(HciStatus::command_disallowed);
  set.interval = slots(parameters.u16(ByteOrder::little));
  parameters.skip(2);
  set.kind = legacy_kind(parameters.u8());
  set.address = parameters.u8() == 0 ? state.bdaddr : state.random_address;
  return success();
}

Bytes le_read_advertising_power(HciState& /*state*/, ByteCursor& /*parameters*/) {
  return with_power(HciStatus::success);
}

Bytes le_set_advertising_data(HciState& state, ByteCursor& parameters) {
  return set_legacy_data(state.advertising[kLegacyHandle].data, parameters);
}

Bytes le_set_scan_response(HciState& state, ByteCursor& parameters) {
  return set_legacy_data(state.advertising[kLegacyHandle].scan_response, parameters);
}

Bytes le_set_advertising_enable(HciState& state, ByteCursor& parameters) {
  AdvertisingSet& set = state.advertising[kLegacyHandle];
  set.enabled = parameters.u8() != 0;
  return success();
}

// handle, address
Bytes le_set_set_address(HciState& state, ByteCursor& parameters) {
  AdvertisingSet* const set = find_set(state, parameters.u8());
  if (set == nullptr) return status(HciStatus::unknown_advertising_set);
  set->address = read_address(parameters, true);
  return success();
}

// handle, properties[2], shortest interval[3], longest[3], channels, own address type, ...
Bytes le_set_extended_advertising_parameters(HciState& state, ByteCursor& parameters) {
  const std::uint8_t handle = parameters.u8();
  if (find_set(state, handle) == nullptr && state.advertising.size() >= kSets) {
    return with_power(HciStatus::memory_exceeded);
  }
  AdvertisingSet& set = state.advertising[handle];
  if (set.enabled) return with_power(HciStatus::command_disallowed);
  set.kind = kind_of(parameters.u16(ByteOrder::little));
  const unsigned interval = parameters.u16(ByteOrder::little);
  set.interval = slots(interval | static_cast<unsigned>(parameters.u8()) << 16U);
  parameters.skip(4);
  const bool is_public = parameters.u8() == 0;
  if (is_public) {
    set.address = state.bdaddr;
  } else if (!set.address.random) {  // a set keeps the random address it was given
    set.address = state.random_address;
  }
  return with_power(HciStatus::success);
}

Bytes le_set_extended_advertising_data(HciState& state, ByteCursor& parameters) {
  AdvertisingSet* const set = find_set(state, parameters.u8());
  return set == nullptr ? status(HciStatus::unknown_advertising_set) : set_data(set->data, parameters);
}

Bytes le_set_extended_scan_response(HciState& state, ByteCursor& parameters) {
  AdvertisingSet* const set = find_set(state, parameters.u8());
  return set == nullptr ? status(HciStatus::unknown_advertising_set) : set_data(set->scan_response, parameters);
}

// enable, count, then for each set: handle, duration[2], events. Disabling none means all.
Bytes le_set_extended_advertising_enable(HciState& state, ByteCursor& parameters) {
  const bool enable = parameters.u8() != 0;
  const unsigned count = parameters.u8();
  if (enable && count == 0) return status(HciStatus::invalid_parameters);
  if (count == 0) {
    for (auto& [handle, set] : state.advertising) set.enabled = false;
    return success();
  }
  for (unsigned i = 0; i < count; ++i) {
    AdvertisingSet* const set = find_set(state, parameters.u8());
    parameters.skip(3);
    if (!parameters.ok()) return status(HciStatus::invalid_parameters);
    if (set == nullptr) return status(HciStatus::unknown_advertising_set);
    set->enabled = enable;
  }
  return success();
}

Bytes le_read_maximum_advertising_length(HciState& /*state*/, ByteCursor& /*parameters*/) {
  return {std::byte{0}, static_cast<std::byte>(kMaxData & 0xFFU), static_cast<std::byte>(kMaxData >> 8U)};
}

Bytes le_read_number_of_sets(HciState& /*state*/, ByteCursor& /*parameters*/) {
  return {std::byte{0}, static_cast<std::byte>(kSets)};
}

Bytes le_remove_set(HciState& state, ByteCursor& parameters) {
  const std::uint8_t handle = parameters.u8();
  const AdvertisingSet* const set = find_set(state, handle);
  if (set == nullptr) return status(HciStatus::unknown_advertising_set);
  if (set->enabled) return status(HciStatus::command_disallowed);
  state.advertising.erase(handle);
  return success();
}

Bytes le_clear_sets(HciState& state, ByteCursor& /*parameters*/) {
  state.advertising.clear();
  return success();
}

}  // namespace aisle::rig::commands
