#include "ble/bluez/reporter.hpp"

#include <utility>

namespace aisle::bluez {

void Reporter::attach(SourceSink& sink) {
  sink_ = &sink;
  up_.reset();
}

void Reporter::hearing(const std::string& adapter) {
  if (set_status("hearing", adapter)) log_.info("{}: hearing on {}", name_, adapter);
  set_up(true, "");
  tell(true, adapter, "hearing", "");
}

void Reporter::down(const std::string& state, const std::string& detail) {
  if (set_status(state, detail)) log_.warning("{}: {}: {}", name_, state, detail);
  set_up(false, state);
  tell(false, "", state, detail);
}

void Reporter::scanning(const std::string& mode, const std::string& why) {
  {
    const std::scoped_lock lock(mutex_);
    if (status_.scanning.mode == mode && status_.scanning.why == why) return;
    status_.scanning = {mode, why};
  }
  if (logged_scanning_ == mode + why) return;
  logged_scanning_ = mode + why;
  log_.info("{}: scanning {}: {}", name_, mode, why);
}

void Reporter::starting(const std::string& detail) {
  set_status("starting", detail);
}

void Reporter::advert(Heard&& heard, Stamp now) {
  Advert advert;
  advert.at = now;
  advert.address = heard.address;
  advert.rssi = heard.rssi;
  advert.payload = std::move(heard.payload);
  advert.arrived = advert.at.mono;
  adverts_.fetch_add(1, std::memory_order_relaxed);
  if (!sink_->offer(std::move(advert))) dropped_.fetch_add(1, std::memory_order_relaxed);
}

SourceStatus Reporter::status() const {
  const std::scoped_lock lock(mutex_);
  return status_;
}

bool Reporter::set_status(const std::string& state, const std::string& detail) {
  const std::scoped_lock lock(mutex_);
  if (status_.state == state && status_.detail == detail) return false;
  status_.state = state;
  if (state != "hearing" && state != "mute") status_.scanning = {"none", state};
  status_.detail = detail;
  return true;
}

void Reporter::tell(bool scanning, const std::string& adapter, const std::string& state,
                    const std::string& detail) const {
  if (observer_) observer_({scanning, adapter.substr(adapter.rfind('/') + 1), state, detail});
}

void Reporter::set_up(bool up, const std::string& why) {
  if (up_ == up) return;
  up_ = up;
  sink_->offer(ReceiverState{clock_.stamp(), GatewayId(), up, why});
}

}  // namespace aisle::bluez
