// Another program that uses the same bluetoothd: a connection of its own to the system bus. Not thread-safe.
#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>
#include <memory>
#include <string>

namespace aisle::rig {

class ForeignClient {
 public:
  // Throws std::runtime_error where the bus cannot be reached. Going away closes the connection.
  explicit ForeignClient(const std::string& bus_address);

  // On hci0; each answers "" or the name of the D-Bus error.
  std::string start_discovery() { return call("StartDiscovery"); }
  std::string stop_discovery() { return call("StopDiscovery"); }
  // Devices whose name or address does not begin like this are not wanted.
  std::string filter_pattern(const std::string& pattern);
  // Nor those that are weaker than this.
  std::string filter_rssi(int rssi);
  std::string set_powered(bool on);
  // What the bus itself counts, as "MatchRules" or "ActiveConnections", of all its clients; -1: it does not tell.
  std::int64_t bus_count(const char* name);

 private:
  struct Close {
    void operator()(sd_bus* bus) const { sd_bus_flush_close_unref(bus); }
  };
  std::string call(const char* method);

  std::unique_ptr<sd_bus, Close> bus_;
};

}  // namespace aisle::rig
