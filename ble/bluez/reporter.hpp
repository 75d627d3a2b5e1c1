// What the source tells: adverts and receiver states to the sink, the status to anyone who asks.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "agent/base/log.hpp"
#include "agent/base/time.hpp"
#include "ble/bluez/device_table.hpp"
#include "ble/source/radio.hpp"

namespace aisle::bluez {

// `status` and the counters are thread-safe; the rest belongs to the source's thread.
class Reporter {
 public:
  // `label` tells several apart in the log; may be empty. `observer` hears what `hearing` and `down` are told, on the
  // source's thread; may be empty.
  Reporter(const Clock& clock, const Log& log, const std::string& label = {}, RadioControl::Listener observer = {})
      : clock_(clock), log_(log), name_(label.empty() ? "bluez" : "bluez " + label), observer_(std::move(observer)) {}

  void attach(SourceSink& sink);

  void hearing(const std::string& adapter);
  // Not hearing, and why.
  void down(const std::string& state, const std::string& detail);
  // How the radio scans and why so; told before `hearing`, forgotten when it is down for another cause than being mute.
  void scanning(const std::string& mode, const std::string& why);
  // Not hearing yet; no verdict on the receiver.
  void starting(const std::string& detail);
  // For the log alone.
  void note(const std::string& what) { log_.warning("{}: {}", name_, what); }
  // The source was told to stop; the receiver's state stays as it was told last.
  void stopped() { set_status("stopped", ""); }
  void advert(Heard&& heard, Stamp now);

  // A scan that bluetoothd could neither end nor begin, for which the radio is switched off and on.
  void count_stuck_scan() { stuck_scans_.fetch_add(1, std::memory_order_relaxed); }

  [[nodiscard]] SourceStatus status() const;
  [[nodiscard]] std::uint64_t adverts() const { return adverts_.load(std::memory_order_relaxed); }
  // Of these, those that found the queue full.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t stuck_scans() const { return stuck_scans_.load(std::memory_order_relaxed); }

 private:
  // True when the status is another than before.
  bool set_status(const std::string& state, const std::string& detail);
  void tell(bool scanning, const std::string& adapter, const std::string& state, const std::string& detail) const;
  void set_up(bool up, const std::string& why);

  const Clock& clock_;
  const Log& log_;
  const std::string name_;  // in the log
  const RadioControl::Listener observer_;
  SourceSink* sink_ = nullptr;
  std::optional<bool> up_;  // as last told
  std::string logged_scanning_;
  mutable std::mutex mutex_;
  SourceStatus status_{"bluez", "stopped", "", {}, {"none", "stopped"}};
  std::atomic<std::uint64_t> adverts_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> stuck_scans_{0};
};

}  // namespace aisle::bluez
