// A stand-in for bluetoothd 5.66 as far as a scanning client sees it, scripted by the test. Thread-safe.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "tests/fakes/bluez/bus_thread.hpp"
#include "tests/fakes/bluez/dbus_value.hpp"
#include "tests/fakes/bluez/fake_monitors.hpp"

namespace aisle::fakes {

// Lives while it owns org.bluez: ending it is bluetoothd's exit.
class FakeBluez {
 public:
  explicit FakeBluez(const std::string& bus_address);

  // Adapters by name, as "hci0"; their addresses are the test's.
  void add_adapter(const std::string& name, bool powered = true, const std::string& address = "AA:00:00:00:00:01");
  void remove_adapter(const std::string& name);
  // Off also ends the discovery.
  void set_powered(const std::string& name, bool on);
  // Somebody or something ended the discovery. `stuck`: bluetoothd still counts our client's as running and answers
  // InProgress until a StopDiscovery.
  void lose_discovery(const std::string& name, bool stuck);
  // The next StartDiscovery calls answer these error names, first one first.
  void refuse_discovery(std::vector<std::string> errors);
  // The next StartDiscovery call is never answered.
  void ignore_discovery();
  // Discovering goes false and true again at once, as when bluetoothd renews a scan that the kernel ended.
  void renew_discovery(const std::string& name);

  // Works with the advertisement monitors, which are not allowed at first.
  void monitors(const std::function<void(FakeMonitors&)>& work);

  // The path of a device below an adapter: device_path("hci0", "AA:BB:CC:DD:EE:FF").
  static std::string device_path(const std::string& adapter, std::string address);
  // Adds Address and AddressType (random) to `properties`. With `announce` it is a new device, else one that was there
  // before anybody asked.
  void add_device(const std::string& adapter, const std::string& address, DbusProperties properties,
                  bool announce = true);
  void remove_device(const std::string& adapter, const std::string& address);
  // PropertiesChanged of a device, whether it exists or not.
  void change_device(const std::string& adapter, const std::string& address, const DbusProperties& changed,
                     const std::vector<std::string>& invalidated = {});
  // What looks like a change of the device, but for the interface that the signal is of.
  void send_lookalike(const std::string& path, const char* interface, const DbusProperties& changed);
  // A signal by that name whose body is a single string.
  void send_malformed_signal(const std::string& path, const char* interface, const char* member);

  // Method calls to adapters so far, as "hci0 StartDiscovery"; SetDiscoveryFilter with its sorted arguments,
  // "hci0 SetDiscoveryFilter DuplicateData=true Transport=le".
  [[nodiscard]] std::vector<std::string> calls() const;
  // The unique bus name of whoever called last.
  [[nodiscard]] std::string client() const;
  [[nodiscard]] bool discovering(const std::string& name) const;

 private:
  struct Adapter {
    bool powered = true;
    bool session = false;  // our client's discovery, as bluetoothd counts it
    bool discovering = false;
    std::string address{};
  };

  static DbusProperties properties_of(const Adapter& adapter);
  int on_call(sd_bus_message* message, sd_bus_error* error);
  int on_adapter_call(const std::string& name, const std::string& member, sd_bus_message* message, sd_bus_error* error);
  int start_discovery(const std::string& name, Adapter& adapter, sd_bus_message* message, sd_bus_error* error);
  int stop_discovery(const std::string& name, Adapter& adapter, sd_bus_message* message, sd_bus_error* error);
  int reply_objects(sd_bus_message* message);
  void set_discovering(const std::string& name, Adapter& adapter, bool on);
  void emit_changed(const std::string& path, const char* interface, const DbusProperties& changed,
                    const std::vector<std::string>& invalidated);
  void emit_added(const std::string& path, const char* interface, const DbusProperties& properties);
  void emit_removed(const std::string& path, const char* interface);

  mutable std::mutex mutex_;  // guards what follows
  std::map<std::string, Adapter> adapters_;
  std::map<std::string, DbusProperties> devices_;  // by path
  std::deque<std::string> refusals_;
  bool ignore_next_ = false;
  std::vector<std::string> calls_;
  std::string client_;
  FakeMonitors monitors_;
  BusThread bus_;  // last: its thread uses all of the above
};

}  // namespace aisle::fakes
