// Adverts from bluetoothd over D-Bus.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "agent/base/log.hpp"
#include "agent/base/time.hpp"
#include "ble/bluez/scanning.hpp"
#include "ble/source/radio.hpp"
#include "ble/source/vitality.hpp"

namespace aisle {

struct BluezOptions {
  std::string adapter;               // as "hci0" or "AA:BB:CC:DD:EE:FF"; empty: the first by name
  std::string bus_address;           // empty: the system bus
  std::size_t max_devices = 20'000;  // whose data is remembered
  // False: control only. The radio is kept scanning, and no advert comes over D-Bus.
  bool adverts = true;
  Scanning scanning = Scanning::automatic;
  std::string rfkill_folder = "/sys/class/rfkill";
  Duration ask_every = seconds(5);       // for bluetoothd's sign of life, while nothing is heard
  Duration old_scan = seconds(11);       // then a scan that neither ends nor begins is stuck
  RadioControl::Listener on_state{};     // hears every change, on the source's thread
  std::string label{};                   // in the log, where there are several sources
  const Witnesses* witnesses = nullptr;  // the other radios of this gateway; they outlive the source
};

// Runs on a thread of its own with its own D-Bus connection, and heals by itself: a missing D-Bus, bluetoothd, adapter
// or power is a state ("no D-Bus", "no bluetoothd", "no adapter", "powered off", "not discovering") with the receiver
// down; "hearing" is up. The receiver of its adverts is empty: our own gateway.
class BluezSource final : public AdvertSource {
 public:
  // `clock` and `log` outlive the source. Timers run on the clock's monotonic time, so it must be a real one.
  BluezSource(BluezOptions options, const Clock& clock, const Log& log);
  ~BluezSource() override;
  BluezSource(const BluezSource&) = delete;
  BluezSource& operator=(const BluezSource&) = delete;

  Status start(SourceSink& sink) override;
  void stop() override;
  [[nodiscard]] SourceStatus status() const override;

  struct Counters {
    std::uint64_t adverts = 0;      // handed over
    std::uint64_t dropped = 0;      // of these, those that found the queue full
    std::uint64_t devices = 0;      // remembered now
    std::uint64_t evicted = 0;      // forgotten for want of room
    std::uint64_t stuck_scans = 0;  // that took switching the radio off and on
    VitalityCounters vitality;      // where the adverts come to us
  };
  // Thread-safe.
  [[nodiscard]] Counters counters() const;
  // Thread-safe. For a radio that was found mute by whoever reads its adverts.
  void remedy(Remedy what);

 private:
  class Runner;
  std::unique_ptr<Runner> runner_;
  std::thread thread_;
};

}  // namespace aisle
