// What we tell bluetoothd of our advertisement monitor, and what it calls back. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "agent/base/hex.hpp"

namespace aisle::bluez {

// An advert matches when one of its AD structures of this type has these octets from `start` of its data on.
struct AdPattern {
  std::uint8_t start = 0;
  std::uint8_t type = 0;
  Bytes content;
};

// The beacons that ble/decode knows. There is no pattern for everything. bluetoothd 5.66 finds T1 tokens by theirs;
// newer ones (src/shared/ad.c) take UUID lists apart first, and match them whole or not at all. Which adverts match is
// of no consequence: it is the discovery, or a raw socket, that hears them all.
[[nodiscard]] std::vector<AdPattern> beacon_patterns();

struct MonitorSpec {
  // Of the application; the one monitor is an object below it.
  std::string path = "/org/aisle/monitors";
};

struct MonitorEvent {
  // activated: the kernel has it. released: bluetoothd dropped it, for good.
  enum class Kind : std::uint8_t { activated, released };
  Kind kind = Kind::activated;
  std::string sender;  // the unique bus name, which the D-Bus daemon vouches for
};
using MonitorHandler = std::function<void(const MonitorEvent&)>;

// An object on the bus that goes away with this.
class Exported {
 public:
  Exported() = default;
  virtual ~Exported() = default;
  Exported(const Exported&) = delete;
  Exported& operator=(const Exported&) = delete;
};

}  // namespace aisle::bluez
