// bluetoothd, its adapters, and whether they hear.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/doctor/daemon.hpp"
#include "agent/doctor/tree.hpp"

namespace aisle::doctor {

struct AdapterFacts {
  std::string name;     // "hci0"
  std::string address;  // as bluetoothd writes it; compared, never told
  bool known = false;   // to bluetoothd: what follows is its word
  bool powered = false, discovering = false;
  bool monitors = false;  // takes advertisement monitors
  std::string blocked;    // by rfkill: "softly", "by a hardware switch"; empty: not
};

enum class Bluetoothd : std::uint8_t { no_bus, absent, denied, silent, answers };

struct BluetoothFacts {
  bool wanted = true;              // the source is a radio
  std::vector<std::string> names;  // [ble] adapter; "" is the first there is
  Bluetoothd daemon = Bluetoothd::no_bus;
  std::string trouble;       // what the bus said
  std::string version;       // "5.66"; empty: not known
  bool installed = false;    // its package
  bool policy_file = false;  // ours
  std::vector<AdapterFacts> adapters;
  // What our daemon says, if it runs and this is its source.
  bool ours = false;
  std::string state, detail, mode, why;
  std::uint64_t adverts = 0;  // since its start
  std::uint64_t newly = 0;    // of them in the last seconds
};

// The version in the adapter's Modalias ("usb:v1D6Bp0246d0542" is 5.66), where it is bluetoothd's own.
[[nodiscard]] std::string version_of(const std::string& modalias);
// Of those there are, the ones that the configuration names.
[[nodiscard]] std::vector<AdapterFacts> chosen(const BluetoothFacts& facts);

// Asks the system bus (or $DBUS_SYSTEM_BUS_ADDRESS), the kernel and the daemon's socket; a few seconds.
[[nodiscard]] BluetoothFacts gather_bluetooth(const Tree& tree, bool wanted, std::vector<std::string> names,
                                              const DaemonFacts& daemon, const std::string& socket);
// "bluetooth.daemon", "policy", "adapter", "rfkill", "power", "scanning", "hearing" and "monitor".
void judge_bluetooth(const BluetoothFacts& facts, const Tell& tell);

}  // namespace aisle::doctor
