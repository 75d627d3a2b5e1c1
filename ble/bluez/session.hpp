// One D-Bus connection's worth of listening: finds bluetoothd and the adapter, keeps the discovery running, and turns
// signals into adverts. Lives on the source's thread; nothing here blocks but `begin`.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/base/loop.hpp"
#include "ble/bluez/adapter_picker.hpp"
#include "ble/bluez/bus.hpp"
#include "ble/bluez/device_table.hpp"
#include "ble/bluez/reporter.hpp"
#include "ble/bluez/rfkill.hpp"
#include "ble/bluez/scan_request.hpp"
#include "ble/bluez/scanning.hpp"
#include "ble/source/vitality.hpp"

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

struct SessionOptions {
  std::string adapter;  // the configured one, may be empty
  Purpose purpose = Purpose::adverts;
  Scanning scanning = Scanning::automatic;
  Rfkill rfkill{"/sys/class/rfkill"};
  const Witnesses* witnesses = nullptr;
  Duration ask_every = seconds(5);  // for a sign of life, while nothing is heard
  Duration old_scan = seconds(11);  // the longest that the kernel goes on with one: 10.24 s (DISCOV_LE_TIMEOUT)
};

class Session {
 public:
  // All references outlive the session; `bus` never runs a handler after that.
  Session(Bus& bus, TimerQueue& timers, const Clock& clock, Reporter& reporter, DeviceTable& devices,
          SessionOptions options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Installs the match rules (a blocking round trip each) and begins. Error: the connection does not work.
  Status begin();

  // A radio that hears nothing though it should; from whoever watches the adverts.
  void remedy(Remedy what);
  // About once a second: watches the adverts, where they come to us.
  void tick();
  [[nodiscard]] const VitalityCounters& vitality() const { return vitality_.counters(); }

 private:
  void on_signal(const Signal& signal);
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

  // Sees to it that a gateway's radio is on: at once where bluetoothd has not switched it on by itself, after a while
  // where another program switched it off, and when rfkill allows it.
  void wait_for_power(Duration patience, const char* why);
  void look_at_power();
  void look_at_rfkill();
  void set_power(bool on, std::function<void()> then);
  void power_cycle();

  void hear(Heard&& heard);
  void now_hearing();
  // Silence may be bluetoothd's: asks it for a sign of life where no advert gives one.
  void look_for_life();

  // The monitor. `asked` to `active` as bluetoothd goes along; `leaving`: being unregistered to be registered anew.
  enum class Monitor : std::uint8_t { none, asked, accepted, active, leaving, refused };
  Status export_monitor();
  // bluetoothd or the adapter is another one: nothing is registered there.
  void forget_scan();
  void ask_for_monitor(bool renewed);
  void renew_monitor();
  void call_monitor(const char* method, std::function<void(const tl::expected<Reply, CallError>&)> then);
  void refuse_monitor(const CallError& error);
  void retry_monitor();
  void on_monitor_event(const MonitorEvent& event);
  // Its state is another one: goes on with what waited for it.
  void monitor_settled();
  // True while it is a monitor alone that scans, or is to.
  [[nodiscard]] bool passive_in_force() const;

  // The powered adapter begins to scan: asks for the monitor, waits a little for it, scans.
  void prepare_scan();
  void scan();
  void renew_scan();
  void tell_scanning();

  // StopDiscovery first where an earlier discovery of ours may be stuck.
  void start_discovery(bool stop_first);
  void set_filter(bool stopped_first);
  void request_discovery(bool stopped_first);
  void on_refused(const CallError& error);
  // Refused for so long that it is no old scan that runs out. True once, then again after twice as long.
  bool scan_is_stuck();
  // Down, for the error that a call ended with.
  void failed(const char* state, const std::string& detail, const CallError& error);

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
  const Purpose purpose_;
  const bool passive_refused_;  // it was asked for, and the adverts are to come over D-Bus
  const Scanning scanning_;
  const std::string wanted_;  // the configured adapter
  AdapterPicker adapters_;
  std::string owner_;    // bluetoothd's unique bus name; empty: not there
  std::string adapter_;  // path of the chosen one; empty: none
  bool loaded_ = false;  // GetManagedObjects answered; older signals are part of its answer
  bool hearing_ = false;
  bool discovery_ = false;            // StartDiscovery was answered well
  bool waiting_for_monitor_ = false;  // the scan begins when it is settled
  const Rfkill rfkill_;
  const Duration ask_every_;
  SteadyTime life_at_{};                     // when it last gave a sign, or was asked for one
  std::optional<SteadyTime> refused_since_;  // InProgress ever since
  const Duration old_scan_;
  Duration stuck_patience_;
  std::optional<SteadyTime> blocked_at_;  // by rfkill, as last seen
  SteadyTime power_on_at_{};
  std::string power_why_;       // for the status
  bool cycling_power_ = false;  // that it is off is our own doing
  const Witnesses* const witnesses_;
  Vitality vitality_;
  std::uint64_t attempt_ = 0;
  TimerId timer_ = 0;  // the one of this attempt; 0: none
  Backoff backoff_;

  Monitor monitor_ = Monitor::none;
  std::string monitor_why_;  // when refused
  std::string monitor_path_;
  std::uint64_t monitor_attempt_ = 0;
  TimerId monitor_timer_ = 0;  // its next attempt; 0: none
  Backoff monitor_backoff_;
  std::unique_ptr<Exported> exported_;
};

}  // namespace aisle::bluez
