// What the host has told the controller over HCI.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "agent/base/hex.hpp"
#include "agent/base/random.hpp"
#include "tests/bluez/controller/advertisement.hpp"

namespace aisle::rig {

struct ScanState {
  bool enabled = false;
  bool active = false;
  bool filter_duplicates = false;
  bool accept_list_only = false;
  Duration interval{10'000};  // the specification's default, 16 x 0.625 ms
  Duration window{10'000};
  std::uint64_t starts = 0;  // rises with each enabling, also of a scan that runs: the duplicate filter begins anew
};

// Our own advertising: the one of the legacy commands has handle 0.
struct AdvertisingSet {
  bool enabled = false;
  PduKind kind = PduKind::ind;
  Address address;
  Duration interval{1'280'000};  // the specification's default, 2048 x 0.625 ms
  Bytes data;
  Bytes scan_response;
};

struct HciState {
  HciState(const Address& own, bool is_extended, std::uint64_t seed)
      : bdaddr(own), extended(is_extended), random(seed) {}

  // All that the host had set is forgotten, as after power-up; counters stay.
  void power_up() {
    const std::uint64_t starts = scan.starts;
    scan = {};
    scan.starts = starts;
    advertising.clear();
    accept_list.clear();
    random_address = {{}, true};
  }

  Address bdaddr;
  bool extended;
  bool legacy = true;
  bool low_energy = true;
  bool classic = false;
  SeededRandom random;  // for LE Rand
  Address random_address{{}, true};
  ScanState scan;
  std::map<std::uint8_t, AdvertisingSet> advertising;  // by handle
  std::vector<Address> accept_list;
  std::uint64_t resets = 0;
};

}  // namespace aisle::rig
