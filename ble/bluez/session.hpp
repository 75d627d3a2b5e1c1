// One D-Bus connection's worth of listening: finds bluetoothd and the adapter, keeps the discovery running, and turns
// signals into adverts. Lives on the source's thread; nothing here blocks but `begin`.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "agent/base/loop.hpp"
#include "ble/bluez/adapter_picker.hpp"
#include "ble/bluez/bus.hpp"
#include "ble/bluez/device_table.hpp"
#include "ble/bluez/reporter.hpp"

namespace aisle::bluez {

// Waits that double from 1 s to 10 s until something works.
class Backoff {
 public:
  Duration next() {
    const Duration now = delay_;
    delay_ = std::min<Duration>(delay_ * 2, seconds(10));
    return now;
  }
  void reset() { delay_ = seconds(1); }

 private:
  Duration delay_ = seconds(1);
};

class Session {
 public:
  // All references outlive the session; `bus` never runs a handler after that.
  Session(Bus& bus, TimerQueue& timers, const Clock& clock, Reporter& reporter, DeviceTable& devices,
          std::string adapter);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Installs the match rules (a blocking round trip each) and begins. Error: the connection does not work.
  Status begin();

 private:
  void on_signal(Signal&& signal);
  void on_properties(const PropertiesChanged& signal);
  void on_added(const Object& object);
  void on_removed(const InterfacesRemoved& signal);

  void ask_owner();
  void on_owner(const std::string& owner);
  void load();
  void on_loaded(const std::vector<Object>& objects);

  // Looks which adapter is ours now and begins afresh when that changed.
  void choose();
  // Begins with the adapter as it is: starts the discovery or says why not.
  void enter();
  void on_adapter_changed(const AdapterState& before);
  void watch_lost_discovery();

  // StopDiscovery first where an earlier discovery of ours may be stuck.
  void start_discovery(bool stop_first);
  void set_filter(bool stopped_first);
  void request_discovery(bool stopped_first);
  void on_refused(const CallError& error);

  // Calls our adapter; `then` is left out when something newer was begun meanwhile.
  void call_adapter(const char* method, bool with_filter, std::function<void(tl::expected<Reply, CallError>&&)> then);
  void call(const Call& call, std::function<void(tl::expected<Reply, CallError>&&)> then);
  // Abandons what is under way: answers and the timer that belong to it.
  void begin_anew();
  void later(Duration delay, Task task);

  Bus& bus_;
  TimerQueue& timers_;
  const Clock& clock_;
  Reporter& reporter_;
  DeviceTable& devices_;
  AdapterPicker adapters_;
  std::string owner_;    // bluetoothd's unique bus name; empty: not there
  std::string adapter_;  // path of the chosen one; empty: none
  bool loaded_ = false;  // GetManagedObjects answered; older signals are part of its answer
  bool hearing_ = false;
  std::uint64_t attempt_ = 0;
  TimerId timer_ = 0;  // the one of this attempt; 0: none
  Backoff backoff_;
};

}  // namespace aisle::bluez
