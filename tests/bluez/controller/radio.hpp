// The receiving half of the controller: which adverts it hears, and the reports it makes of them. Not thread-safe; no
// I/O of its own.
#pragma once

#include <array>
#include <functional>

#include "agent/base/random.hpp"
#include "tests/bluez/controller/duplicate_filter.hpp"
#include "tests/bluez/controller/hci_events.hpp"
#include "tests/bluez/controller/hci_state.hpp"
#include "tests/bluez/controller/options.hpp"

namespace aisle::rig {

struct RadioCounts {
  std::array<std::uint64_t, kOutcomes> adverts{};  // by Outcome
  std::uint64_t scan_responses = 0;                // reported
  Duration scanning{0};                            // of the scans that have ended
};

class Radio {
 public:
  using Send = std::function<void(ByteSpan packet)>;

  // `state` outlives the radio. `send` gets each packet for the host.
  Radio(const ControllerOptions& options, const HciState& state, Send send);

  // One advert on the air at `now`. With several reports an event, the report may wait for `flush`.
  Outcome hear(const Advertisement& advert, SteadyTime now);
  // After each command: notes a scan that began, began anew or ended.
  void follow_scan(SteadyTime now);
  // The host is gone: what waits is dropped.
  void stop(SteadyTime now);
  [[nodiscard]] bool waiting() const { return !event_.empty(); }
  void flush();

  void mute(bool on) { muted_ = on; }
  [[nodiscard]] bool muted() const { return muted_; }
  void set_loss(double share) { loss_ = share; }
  [[nodiscard]] const RadioCounts& counts() const { return counts_; }
  [[nodiscard]] Duration scanning(SteadyTime now) const;

 private:
  [[nodiscard]] Outcome judge(const Advertisement& advert, SteadyTime now);
  [[nodiscard]] bool possible(const Advertisement& advert) const;
  [[nodiscard]] bool in_the_air(SteadyTime now);
  [[nodiscard]] bool admitted(const Address& address, bool scan_response, ByteSpan data);
  void answer_scan_request(const Advertisement& advert);
  void report(const Report& report);
  void add(ByteSpan encoded);
  void end_scan(SteadyTime now);

  const ControllerOptions options_;
  const HciState& state_;
  const Send send_;
  SeededRandom random_;
  double loss_;
  bool muted_ = false;
  DuplicateFilter filter_;
  ReportEvent event_;
  bool scanning_ = false;
  std::uint64_t starts_seen_ = 0;
  SteadyTime scan_start_{};
  RadioCounts counts_;
};

}  // namespace aisle::rig
