// Which adapters there are, what they say of themselves, and which one is ours. Not thread-safe.
#pragma once

#include <map>
#include <string>

#include "ble/bluez/value.hpp"

namespace aisle::bluez {

struct AdapterState {
  bool powered = false;
  bool discovering = false;
  std::string address;  // as bluetoothd writes it: "AA:BB:CC:DD:EE:FF"
};

class AdapterPicker {
 public:
  // `wanted`: an adapter's name as "hci0", or its address as bluetoothd writes it; empty: the first by name (hci2
  // before hci10), kept while it exists.
  explicit AdapterPicker(std::string wanted) : wanted_(std::move(wanted)) {}

  // Adds the adapter where it is new. Properties of an unexpected type are ignored.
  void update(const std::string& path, const Properties& changed);
  void remove(const std::string& path) { adapters_.erase(path); }
  void clear() { adapters_.clear(); }

  [[nodiscard]] bool knows(const std::string& path) const { return adapters_.contains(path); }
  // The path of our adapter, empty when there is none. `current` is the answer of last time.
  [[nodiscard]] std::string pick(const std::string& current) const;
  // Everything off for an unknown one.
  [[nodiscard]] AdapterState state(const std::string& path) const;

 private:
  std::string wanted_;
  std::map<std::string, AdapterState> adapters_;
};

}  // namespace aisle::bluez
