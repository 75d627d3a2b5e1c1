// Tells a mute radio from an empty store. Silence alone proves nothing: an empty store is silent. Two things do, while
// nothing at all is heard:
// - Devices that stand in a store for good (beacons, price labels, screens) do not fall silent together; when at least
//   three of them do, it is the radio.
// - Another radio of the gateway goes on hearing at least three devices that this one ought to hear.
// Pure; not thread-safe; memory is bounded.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "agent/base/time.hpp"
#include "agent/model/ids.hpp"
#include "ble/source/recent_devices.hpp"
#include "ble/source/source.hpp"
#include "ble/source/witnesses.hpp"

namespace aisle {

// What to try next, each step after the one before did not help; `probe` stands for itself: nothing is suspected.
enum class Remedy : std::uint8_t { none, probe, restart_scan, power_cycle, report };

struct VitalityCounters {
  std::uint64_t probes = 0;
  std::uint64_t restarts = 0;
  std::uint64_t power_cycles = 0;
  std::uint64_t reports = 0;
  std::uint64_t recovered = 0;  // suspicions that ended with an advert
};

[[nodiscard]] VitalityCounters operator+(const VitalityCounters& a, const VitalityCounters& b);

// For `status`.
void append_vitality(SourceStatus& status, const VitalityCounters& counters);

class Vitality {
 public:
  // A device is fixed when its address is not a private one and it was heard for kSettled without a gap above kGap.
  static constexpr Duration kSettled = seconds(60);
  static constexpr Duration kGap = seconds(10);
  static constexpr std::size_t kProof = 3;           // devices that must fall silent together, or be heard elsewhere
  static constexpr Duration kSilence = seconds(15);  // below the default exit_after_s: nobody is declared gone before
  // Silence that proves nothing: to ask for the scan anew costs nothing then, and what comes back is the truth.
  // bluetoothd says "Discovering" all along while the controller refuses its scans.
  static constexpr Duration kProbe = seconds(20);
  // A passive scan that the controller forgot nobody else begins anew, and it is to be heard again within 15 s. Not for
  // every scan: a bluetoothd that hangs is found out after 10 s, and a probe would come between.
  static constexpr Duration kProbePassive = seconds(10);
  static constexpr Duration kAfterRestart = seconds(10);
  static constexpr Duration kAfterPowerCycle = seconds(20);
  static constexpr Duration kAgain = seconds(120);    // between the attempts on a radio that was reported
  static constexpr Duration kForget = seconds(1800);  // then the devices are taken to have been removed

  // A device that another radio still hears ought to be heard here where it fell silent within kGap of the last advert
  // and at this level, dBm, or above. Somebody who walks out of reach takes several seconds, and is weak at the end: 20
  // dB above what a common dongle can hear (-95 to -100) is ten times the distance in the open.
  static constexpr double kPresent = -80;
  // Or where it is this loud at the other radio, dBm, and that radio hears for the same receiver or has proven to share
  // our surroundings: at least this share of what was so loud there was at kPresent or above here.
  static constexpr double kNear = -65;
  static constexpr double kShared = 0.9;

  // How long a silence is until it is probed; kProbe at first.
  void probe_after(Duration silence) { probe_after_ = silence; }
  // Every advert. Constant time.
  void heard(const Address& address, SteadyTime now, Dbm rssi = {});
  // The scan runs, or does not: only silence while it runs counts. Repeating it changes nothing.
  void scanning(bool on, SteadyTime now);
  // What the other radios have heard in the last kSilence; about once a second.
  void consider(std::span<const Testimony> others, SteadyTime now);
  // About once a second, after `consider`. Each remedy, or probe, is returned once, to be carried out now.
  [[nodiscard]] Remedy check(SteadyTime now);

  // Between the first remedy and the next advert: what the radio says is not to be trusted.
  [[nodiscard]] bool suspected() const { return stage_ != Stage::trusted; }
  [[nodiscard]] bool reported() const { return stage_ == Stage::reported; }
  // What the suspicion rests on, for a person.
  [[nodiscard]] const char* proof() const { return proof_; }
  // How many fixed devices are known; below kProof a mute radio cannot be told from an empty store.
  [[nodiscard]] std::size_t fixed_devices(SteadyTime now) const;
  [[nodiscard]] const VitalityCounters& counters() const { return counters_; }

 private:
  enum class Stage : std::uint8_t { trusted, restarted, power_cycled, reported };
  struct Device {
    Address address;
    SteadyTime first{}, last{};
    bool used = false;
    [[nodiscard]] bool settled() const { return used && last - first >= kSettled; }
  };
  [[nodiscard]] SteadyTime silent_since() const { return std::max(last_heard_, scanning_since_); }
  [[nodiscard]] std::size_t fell_silent_together() const;
  // What is wrong; null: nothing that could be proven.
  [[nodiscard]] const char* find_proof() const;
  void compare(std::span<const Testimony> others, SteadyTime now);
  [[nodiscard]] bool ought_to_be_heard(const Testimony& testimony) const;
  [[nodiscard]] bool shares_surroundings(std::size_t radio) const;
  void forget();
  [[nodiscard]] Remedy look(SteadyTime now);
  Remedy probe_when_due(SteadyTime now);
  Remedy advance(Stage stage, Remedy remedy, SteadyTime now);

  std::array<Device, 256> devices_{};  // by hash of the address
  SteadyTime last_heard_{};
  SteadyTime scanning_since_{};
  SteadyTime probed_at_{};
  Duration probe_after_ = kProbe;
  bool scanning_ = false;
  RecentDevices recent_;  // heard here
  // By radio, over some minutes: of what is near to it, the share that is present here. Radios beyond them share
  // nothing.
  std::array<double, 16> shared_{};
  std::size_t missed_ = 0;  // devices that ought to be heard, as last considered
  const char* proof_ = "";
  Stage stage_ = Stage::trusted;
  SteadyTime stage_at_{};
  SteadyTime suspected_at_{};
  VitalityCounters counters_;
};

}  // namespace aisle
