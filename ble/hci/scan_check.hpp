// What to make of a controller that does not scan though whoever controls it says so. Pure; not thread-safe.
//
// A discovery is told its fate, an advertisement monitor is not: the kernel begins a monitor's scan by the way, tells
// nobody when the controller refuses it, and does not begin one while LE is switched off.
#pragma once

#include <string>

#include "ble/hci/scan_watch.hpp"
#include "ble/source/vitality.hpp"

namespace aisle::hci {

class ScanCheck {
 public:
  // bluetoothd may take a second to ask for a new scan.
  static constexpr Duration kGrace = seconds(3);
  // While another program looks for classic devices too, the scan is off for as long as their inquiry takes: 10.24 s
  // (DISCOV_INTERLEAVED_TIMEOUT is half of it).
  static constexpr Duration kInquiry = seconds(13);
  static constexpr Duration kRenew = seconds(5);      // between two attempts
  static constexpr Duration kPatience = seconds(11);  // then the radio is switched off and on
  static constexpr Duration kLongestPatience = seconds(120);

  // The radio says from now on that it scans.
  void begin(SteadyTime now);
  // The socket is another one, so nothing is known.
  void forget(SteadyTime now);
  // About once a second. `heard_at`: the last advert. `passive`: it is a monitor that scans; only its scan is missed
  // where no command for one was seen.
  [[nodiscard]] Remedy look(const ScanWatch& watch, SteadyTime heard_at, bool passive, SteadyTime now);

  // The controller does not scan. Until it does, or an advert came.
  [[nodiscard]] bool failed() const { return failed_; }
  // For a person.
  [[nodiscard]] std::string why() const;
  // How often that happened.
  [[nodiscard]] std::uint64_t failures() const { return failures_; }

 private:
  [[nodiscard]] bool scans(const ScanWatch& watch, SteadyTime heard_at, SteadyTime now) const;
  void fail(const ScanWatch& watch, SteadyTime now);
  Remedy seek(SteadyTime now);

  SteadyTime begun_{};
  SteadyTime asked_{};      // for a new scan; the zero time: never
  SteadyTime failed_at_{};  // since then, or since the radio was last switched off and on
  Duration patience_ = kPatience;
  bool failed_ = false;
  std::uint64_t failures_ = 0;
  ScanWatch::Scan scan_ = ScanWatch::Scan::unknown;
  std::uint8_t status_ = 0;
};

}  // namespace aisle::hci
