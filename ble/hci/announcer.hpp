// What the source says of itself: receiver states to the sink, the status to anyone who asks.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "agent/base/log.hpp"
#include "ble/source/source.hpp"

namespace aisle::hci {

// `status` is thread-safe; the rest belongs to the source's thread.
class Announcer {
 public:
  // `label` tells several apart in the log; may be empty.
  Announcer(const Clock& clock, const Log& log, SourceSink& sink, const std::string& label = {})
      : clock_(clock), log_(log), sink_(sink), name_(label.empty() ? "hci" : "hci " + label) {}

  void hearing(const std::string& detail) {
    if (set_status("hearing", detail)) log_.info("{}: hearing: {}", name_, detail);
    set_up(true, "");
  }
  void down(const std::string& state, const std::string& detail) {
    if (set_status(state, detail)) log_.warning("{}: {}: {}", name_, state, detail);
    set_up(false, state);
  }
  // For the log alone.
  void note(const std::string& what) const { log_.info("{}: {}", name_, what); }
  void warn(const std::string& what) const { log_.warning("{}: {}", name_, what); }
  // The status alone. The receiver's state is told by somebody else, or later.
  void say(const std::string& state, const std::string& detail) { set_status(state, detail); }
  // Somebody else has told the receiver's state meanwhile.
  void forget_receiver() { up_.reset(); }

  [[nodiscard]] SourceStatus status() const {
    const std::scoped_lock lock(mutex_);
    return status_;
  }

 private:
  // True when it is another than before.
  bool set_status(const std::string& state, const std::string& detail) {
    const std::scoped_lock lock(mutex_);
    if (status_.state == state && status_.detail == detail) return false;
    status_.state = state;
    status_.detail = detail;
    return true;
  }
  void set_up(bool up, const std::string& why) {
    if (up_ == up) return;
    up_ = up;
    sink_.offer(ReceiverState{clock_.stamp(), GatewayId(), up, why});
  }

  const Clock& clock_;
  const Log& log_;
  SourceSink& sink_;
  const std::string name_;  // in the log
  std::optional<bool> up_;  // as last told
  mutable std::mutex mutex_;
  SourceStatus status_{"hci", "starting", ""};
};

}  // namespace aisle::hci
