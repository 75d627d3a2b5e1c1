// What the controller is: reset, version, features, sizes, lists.
#include <algorithm>

#include "tests/bluez/controller/command_handlers.hpp"

namespace aisle::rig::commands {
namespace {

constexpr std::uint8_t kListSize = 16;
constexpr unsigned kMaxOctets = 251;         // of an LE data packet
constexpr unsigned kMaxMicroseconds = 2120;  // such a packet's time on the 1M PHY

Bytes bytes(std::initializer_list<unsigned> values) {
  Bytes out;
  for (const unsigned value : values) out.push_back(static_cast<std::byte>(value));
  return out;
}

unsigned low(unsigned value) {
  return value & 0xFFU;
}

unsigned high(unsigned value) {
  return value >> 8U;
}

// Octet 4: BR/EDR not supported (20), LE supported (40).
unsigned features_of(const HciState& state) {
  return (state.classic ? 0U : 0x20U) | (state.low_energy ? 0x40U : 0U);
}

// address type, address
Address read_typed_address(ByteCursor& parameters) {
  const bool random = parameters.u8() == 1;
  return read_address(parameters, random);
}

}  // namespace

Bytes status(HciStatus status) {
  return {static_cast<std::byte>(status)};
}

Address read_address(ByteCursor& parameters, bool random) {
  Address address;
  const ByteSpan wire = parameters.take(address.bytes.size());
  std::transform(wire.rbegin(), wire.rend(), address.bytes.begin(),
                 [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
  address.random = random;
  return address;
}

Duration slots(unsigned count) {
  return Duration{static_cast<std::int64_t>(count) * 625};
}

Bytes accept(HciState& /*state*/, ByteCursor& /*parameters*/) {
  return success();
}

Bytes disallow(HciState& /*state*/, ByteCursor& /*parameters*/) {
  return status(HciStatus::command_disallowed);
}

Bytes no_connection(HciState& /*state*/, ByteCursor& /*parameters*/) {
  return status(HciStatus::unknown_connection);
}

Bytes reset(HciState& state, ByteCursor& /*parameters*/) {
  state.power_up();
  ++state.resets;
  return success();
}

// status, HCI 5.0, revision, LMP 5.0, manufacturer "none", subversion
Bytes read_local_version(HciState& /*state*/, ByteCursor& /*parameters*/) {
  return bytes({0, 9, 0, 0, 9, 0xFF, 0xFF, 0, 0});
}

Bytes read_local_features(HciState& state, ByteCursor& /*parameters*/) {
  return bytes({0, 0, 0, 0, 0, features_of(state), 0, 0, 0});
}

// status, page, highest page, features
Bytes read_extended_features(HciState& state, ByteCursor& parameters) {
  const unsigned page = parameters.u8();
  return bytes({0, page, 0, 0, 0, 0, 0, page == 0 ? features_of(state) : 0U, 0, 0, 0});
}

// Nothing of BR/EDR.
Bytes read_buffer_size(HciState& /*state*/, ByteCursor& /*parameters*/) {
  return Bytes(8);
}

Bytes read_bdaddr(HciState& state, ByteCursor& /*parameters*/) {
  Bytes out = success();
  for (auto it = state.bdaddr.bytes.rbegin(); it != state.bdaddr.bytes.rend(); ++it) {
    out.push_back(static_cast<std::byte>(*it));
  }
  return out;
}

// 8 packets of 251 bytes.
Bytes le_read_buffer_size(HciState& /*state*/, ByteCursor& /*parameters*/) {
  return bytes({0, low(kMaxOctets), high(kMaxOctets), 8});
}

// Octet 0 bit 5: data packet length extension; octet 1 bit 0: 2M PHY, bit 4: extended advertising.
Bytes le_read_features(HciState& state, ByteCursor& /*parameters*/) {
  return bytes({0, 0x20, state.extended ? 0x11U : 0x01U, 0, 0, 0, 0, 0, 0});
}

// All 42 states and combinations.
Bytes le_read_supported_states(HciState& /*state*/, ByteCursor& /*parameters*/) {
  return bytes({0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x03, 0, 0});
}

Bytes le_rand(HciState& state, ByteCursor& /*parameters*/) {
  Bytes out = success();
  std::uint64_t value = state.random.next();
  for (int i = 0; i < 8; ++i, value >>= 8U) out.push_back(static_cast<std::byte>(value & 0xFFU));
  return out;
}

// -20 to +8 dBm, the range of common modules.
Bytes le_read_transmit_power(HciState& /*state*/, ByteCursor& /*parameters*/) {
  return bytes({0, 0xEC, 0x08});
}

Bytes le_read_list_size(HciState& /*state*/, ByteCursor& /*parameters*/) {
  return bytes({0, kListSize});
}

// 27 octets in 328 us: without the length extension.
Bytes le_read_suggested_data_length(HciState& /*state*/, ByteCursor& /*parameters*/) {
  return bytes({0, 27, 0, low(328), high(328)});
}

Bytes le_read_maximum_data_length(HciState& /*state*/, ByteCursor& /*parameters*/) {
  return bytes({0, low(kMaxOctets), high(kMaxOctets), low(kMaxMicroseconds), high(kMaxMicroseconds), low(kMaxOctets),
                high(kMaxOctets), low(kMaxMicroseconds), high(kMaxMicroseconds)});
}

Bytes le_clear_accept_list(HciState& state, ByteCursor& /*parameters*/) {
  state.accept_list.clear();
  return success();
}

Bytes le_add_to_accept_list(HciState& state, ByteCursor& parameters) {
  if (state.accept_list.size() >= kListSize) return status(HciStatus::memory_exceeded);
  state.accept_list.push_back(read_typed_address(parameters));
  return success();
}

Bytes le_remove_from_accept_list(HciState& state, ByteCursor& parameters) {
  std::erase(state.accept_list, read_typed_address(parameters));
  return success();
}

}  // namespace aisle::rig::commands
