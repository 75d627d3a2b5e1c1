// A steady stream of adverts from many devices.
#pragma once

#include <functional>
#include <memory>

#include "tests/bluez/controller/program.hpp"

namespace aisle::rig {

// One advert of a load: the number-th of all (from 0), of one of the devices, built at `now` when it is sent.
struct LoadAdvert {
  std::uint64_t number = 0;
  std::uint32_t device = 0;
  SteadyTime now{};
};

struct LoadSpec {
  std::uint32_t devices = 50;
  std::uint32_t per_second = 500;  // of all devices together, evenly spaced, the devices in turn
  Duration length{seconds{1}};
  Duration burst{0};  // not evenly spaced but at once, so far apart; 0: evenly
  PduKind kind = PduKind::nonconn;
  // Tells the addresses of one load from another's.
  std::uint8_t group = 0;
  // Defaults: random static addresses C0:DE:AD:group:device; a payload that names the advert; -40 to -79 dBm, changing
  // with each round of the devices.
  std::function<Address(std::uint32_t device)> address{};
  std::function<Bytes(const LoadAdvert&)> payload{};
  std::function<Dbm(const LoadAdvert&)> rssi{};
};

// The address of a device of a load that names none.
[[nodiscard]] Address load_address(std::uint8_t group, std::uint32_t device);

// Flags and manufacturer data of company 0xFFFF: 'S', number LE32, monotonic send time in microseconds LE64.
[[nodiscard]] Bytes numbered_payload(const LoadAdvert& advert);
struct NumberedAdvert {
  std::uint32_t number = 0;
  SteadyTime sent{};
};
// Back from AD structures that are a numbered payload, or from the manufacturer data alone (after the company id).
[[nodiscard]] std::optional<NumberedAdvert> read_numbered(ByteSpan payload);

// `clock` outlives the program.
[[nodiscard]] std::unique_ptr<Program> make_load(LoadSpec spec, const Clock& clock);

}  // namespace aisle::rig
