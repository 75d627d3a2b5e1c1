// Tells a mute radio from an empty store. Silence alone proves nothing: an empty store is silent. But devices that
// stand in a store for good (beacons, price labels, screens) do not fall silent together; when at least three of them
// do, and nothing else is heard, it is the radio. Pure; not thread-safe; memory is bounded.
#pragma once

#include <array>
#include <cstdint>

#include "agent/base/time.hpp"
#include "agent/model/ids.hpp"
#include "ble/source/source.hpp"

namespace aisle {

// What to try next, each step after the one before did not help.
enum class Remedy : std::uint8_t { none, restart_scan, power_cycle, report };

struct VitalityCounters {
  std::uint64_t restarts = 0;
  std::uint64_t power_cycles = 0;
  std::uint64_t reports = 0;
  std::uint64_t recovered = 0;  // suspicions that ended with an advert
};

// For `status`.
void append_vitality(SourceStatus& status, const VitalityCounters& counters);

class Vitality {
 public:
  // A device is fixed when its address is not a private one and it was heard for kSettled without a gap above kGap.
  static constexpr Duration kSettled = seconds(60);
  static constexpr Duration kGap = seconds(10);
  static constexpr std::size_t kProof = 3;           // fixed devices that must fall silent together
  static constexpr Duration kSilence = seconds(15);  // below the default exit_after_s: nobody is declared gone before
  static constexpr Duration kAfterRestart = seconds(10);
  static constexpr Duration kAfterPowerCycle = seconds(20);
  static constexpr Duration kAgain = seconds(120);    // between the attempts on a radio that was reported
  static constexpr Duration kForget = seconds(1800);  // then the devices are taken to have been removed

  // Every advert. Constant time.
  void heard(const Address& address, SteadyTime now);
  // The scan runs, or does not: only silence while it runs counts. Repeating it changes nothing.
  void scanning(bool on, SteadyTime now);
  // About once a second. Each remedy is returned once, to be carried out now.
  [[nodiscard]] Remedy check(SteadyTime now);

  // Between the first remedy and the next advert: what the radio says is not to be trusted.
  [[nodiscard]] bool suspected() const { return stage_ != Stage::trusted; }
  [[nodiscard]] bool reported() const { return stage_ == Stage::reported; }
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
  [[nodiscard]] std::size_t fell_silent_together() const;
  Remedy advance(Stage stage, Remedy remedy, SteadyTime now);

  std::array<Device, 256> devices_{};  // by hash of the address
  SteadyTime last_heard_{};
  SteadyTime scanning_since_{};
  bool scanning_ = false;
  bool heard_any_ = false;
  Stage stage_ = Stage::trusted;
  SteadyTime stage_at_{};
  SteadyTime suspected_at_{};
  VitalityCounters counters_;
};

}  // namespace aisle
