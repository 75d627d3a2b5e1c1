// The part of Session that keeps an advertisement monitor registered beside the discovery, or instead of it.
//
// While a monitor is active the kernel switches the controller's duplicate filter off, also for discovery; without one,
// such a controller tells each device once a scan of 10 s. A discovery that runs already gets that at its next renewal.
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "ble/bluez/session.hpp"

namespace aisle::bluez {
namespace {

constexpr const char* kManager = "org.bluez.AdvertisementMonitorManager1";
constexpr const char* kAlreadyExists = "org.bluez.Error.AlreadyExists";

// bluetoothd answers in milliseconds; hearing does not wait for longer.
constexpr Duration kPatience = seconds(1);
constexpr Duration kLastPatience = seconds(5);

// What a bluetoothd without --experimental answers, or one that is too old.
bool is_not_allowed(const CallError& error) {
  constexpr std::array<std::string_view, 3> kNames = {"org.freedesktop.DBus.Error.UnknownMethod",
                                                      "org.freedesktop.DBus.Error.UnknownInterface",
                                                      "org.bluez.Error.NotSupported"};
  return std::find(kNames.begin(), kNames.end(), error.name) != kNames.end();
}

// Over D-Bus a passive scan tells changes of 8 dB and more, nothing of unchanged payloads, and from BlueZ 5.8 on no
// token.
const std::string kNotThroughBluez =
    "passive scanning is not possible: bluetoothd tells too little of it, use source \"hci\"; ";

constexpr const char* kNotAllowed =
    "bluetoothd does not allow advertisement monitors: start it with --experimental (systemd drop-in "
    "systemd/bluetooth-experimental.conf)";

}  // namespace

Status Session::export_monitor() {
  if (scanning_ == Scanning::active) return {};
  MonitorSpec spec;
  monitor_path_ = spec.path;
  auto exported = bus_.export_monitor(spec, [this](const MonitorEvent& event) { on_monitor_event(event); });
  if (!exported) return tl::unexpected(exported.error());
  exported_ = std::move(*exported);
  return {};
}

void Session::forget_scan() {
  ++monitor_attempt_;
  monitor_ = Monitor::none;
  discovery_ = false;
  refused_since_.reset();
  monitor_backoff_.reset();
  timers_.cancel(monitor_timer_);
  monitor_timer_ = 0;
}

void Session::ask_for_monitor(bool renewed) {
  if (adapter_.empty() || owner_.empty()) return;
  timers_.cancel(monitor_timer_);
  monitor_timer_ = 0;
  monitor_ = Monitor::asked;
  call_monitor("RegisterMonitor", [this, renewed](const tl::expected<Reply, CallError>& reply) {
    if (reply) {
      if (monitor_ == Monitor::asked) monitor_ = Monitor::accepted;
    } else if (reply.error().name == kAlreadyExists && !renewed) {
      // Of an attempt whose answer was not waited for; what became of it is not known.
      return renew_monitor();
    } else {
      refuse_monitor(reply.error());
    }
    monitor_settled();
  });
}

void Session::renew_monitor() {
  // bluetoothd may release it on this account; that says nothing of the new one.
  monitor_ = Monitor::leaving;
  call_monitor("UnregisterMonitor", [this](const tl::expected<Reply, CallError>&) { ask_for_monitor(true); });
}

void Session::call_monitor(const char* method, std::function<void(const tl::expected<Reply, CallError>&)> then) {
  Call request{owner_, adapter_, kManager, method, {PathArgument{monitor_path_}}, ReplyKind::nothing};
  bus_.call(request, [this, attempt = ++monitor_attempt_, then = std::move(then)](auto&& reply) {
    if (attempt == monitor_attempt_) then(reply);
  });
}

void Session::refuse_monitor(const CallError& error) {
  if (is_not_allowed(error)) {
    monitor_ = Monitor::refused;
    monitor_why_ = kNotAllowed;
    return;
  }
  monitor_why_ = "bluetoothd refuses the advertisement monitor: " + error.message;
  retry_monitor();
}

void Session::retry_monitor() {
  monitor_ = Monitor::refused;
  timers_.cancel(monitor_timer_);
  monitor_timer_ = timers_.add(clock_.steady() + monitor_backoff_.next(), [this] {
    monitor_timer_ = 0;
    if (!adapter_.empty() && !owner_.empty()) renew_monitor();
  });
}

void Session::on_monitor_event(const MonitorEvent& event) {
  // Anyone may call us; only bluetoothd's word counts.
  if (owner_.empty() || event.sender != owner_) return;
  switch (event.kind) {
    case MonitorEvent::Kind::activated:
      if (monitor_ != Monitor::asked && monitor_ != Monitor::accepted) return;
      monitor_ = Monitor::active;
      monitor_backoff_.reset();
      return monitor_settled();
    case MonitorEvent::Kind::released:
      if (monitor_ == Monitor::leaving || monitor_ == Monitor::none) return;
      monitor_why_ = "bluetoothd dropped the advertisement monitor";
      retry_monitor();
      return monitor_settled();
  }
}

void Session::monitor_settled() {
  if (waiting_for_monitor_) return scan();
  if (scanning_ == Scanning::passive && hearing_ && (monitor_ == Monitor::active) == discovery_) return scan();
  if (hearing_) tell_scanning();
}

bool Session::passive_in_force() const {
  return scanning_ == Scanning::passive && !discovery_ && monitor_ != Monitor::refused;
}

void Session::prepare_scan() {
  if (scanning_ == Scanning::active || monitor_ == Monitor::active || monitor_ == Monitor::refused) return scan();
  waiting_for_monitor_ = true;
  if (monitor_ == Monitor::none) ask_for_monitor(false);
  // Refused within the call, it has gone on already.
  if (!waiting_for_monitor_) return;
  later(kPatience, [this] {
    if (!passive_in_force()) return start_discovery(false);
    reporter_.down("not scanning", "the advertisement monitor is not active yet");
    later(kLastPatience, [this] {
      monitor_why_ = "bluetoothd does not activate the advertisement monitor";
      retry_monitor();
      monitor_settled();
    });
  });
}

void Session::scan() {
  if (scanning_ != Scanning::passive || monitor_ == Monitor::refused) return start_discovery(false);
  if (monitor_ != Monitor::active) return;  // its activation will bring us here again
  begin_anew();
  if (!std::exchange(discovery_, false)) return now_hearing();
  call_adapter("StopDiscovery", false, [this](tl::expected<Reply, CallError>&&) { now_hearing(); });
}

void Session::renew_scan() {
  if (!passive_in_force()) return start_discovery(true);
  begin_anew();
  waiting_for_monitor_ = true;
  renew_monitor();
}

void Session::tell_scanning() {
  const bool with_monitor = monitor_ == Monitor::active;
  if (scanning_ == Scanning::active) return reporter_.scanning("active", "[ble] scanning = \"active\"");
  const std::string why = with_monitor                   ? "every advert is reported: no duplicate filter"
                          : monitor_ == Monitor::refused ? monitor_why_
                                                         : "the advertisement monitor is not active yet";
  if (scanning_ == Scanning::automatic) {
    return reporter_.scanning(with_monitor ? "active+monitor" : "active",
                              passive_refused_ ? kNotThroughBluez + why : why);
  }
  if (discovery_) return reporter_.scanning("active", "passive scanning is not possible: " + why);
  reporter_.scanning("passive", "[ble] scanning = \"passive\"");
}

}  // namespace aisle::bluez
