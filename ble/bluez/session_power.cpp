// The part of Session that keeps the radio switched on and cures one that has gone mute.
#include <utility>

#include "ble/bluez/session.hpp"

namespace aisle::bluez {
namespace {

constexpr Duration kLook = seconds(1);
constexpr Duration kOff = seconds(1);  // how long a power cycle leaves the radio off

std::string name_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

void Session::wait_for_power(Duration patience, const char* why) {
  begin_anew();
  power_on_at_ = clock_.steady() + patience;
  power_why_ = why;
  look_at_power();
}

void Session::look_at_power() {
  const std::string name = name_of(adapter_);
  if (const auto how = rfkill_.blocked(name); !how.empty()) {
    reporter_.down("powered off",
                   name + " is blocked " + how + " by rfkill; `rfkill unblock bluetooth` allows it again");
    // Whoever blocked it: once it is allowed again, there is no reason to wait for long.
    power_on_at_ = clock_.steady() + kLook;
    power_why_ = "rfkill allows it again";
    return later(kLook, [this] { look_at_power(); });
  }
  reporter_.down("powered off", name + ": " + power_why_);
  if (clock_.steady() < power_on_at_) return later(kLook, [this] { look_at_power(); });
  set_power(true, [this] { later(backoff_.next(), [this] { look_at_power(); }); });
}

// bluetoothd, when it was busy, may tell of a power-off after rfkill has taken its reason back.
void Session::look_at_rfkill() {
  if (!adapter_.empty() && !rfkill_.blocked(name_of(adapter_)).empty()) blocked_at_ = clock_.steady();
}

void Session::set_power(bool on, std::function<void()> then) {
  Call request{owner_, adapter_, "org.freedesktop.DBus.Properties", "Set", {}, ReplyKind::nothing};
  request.arguments = {std::string("org.bluez.Adapter1"), std::string("Powered"), on};
  call(request, [this, on, then = std::move(then)](tl::expected<Reply, CallError>&& reply) {
    if (!reply) {
      power_why_ = std::string("cannot be switched ") + (on ? "on: " : "off: ") + reply.error().message;
      reporter_.down("powered off", name_of(adapter_) + ": " + power_why_);
    }
    then();
  });
}

void Session::remedy(Remedy what) {
  if (adapter_.empty() || !adapters_.state(adapter_).powered) return;
  switch (what) {
    case Remedy::none:
      return;
    case Remedy::probe:
      if (hearing_) renew_scan();
      return;
    case Remedy::restart_scan:
      reporter_.note("it hears nothing though it should: restarting the scan");
      return renew_scan();
    case Remedy::power_cycle:
      reporter_.note("still silent: switching the radio off and on");
      return power_cycle();
    case Remedy::report:
      reporter_.note("the radio is mute; neither a new scan nor switching it off and on helped");
  }
}

void Session::power_cycle() {
  begin_anew();
  cycling_power_ = true;
  set_power(false, [this] {
    later(kOff, [this] {
      cycling_power_ = false;
      if (adapters_.state(adapter_).powered) return enter();
      power_on_at_ = clock_.steady();
      power_why_ = "being switched off and on";
      look_at_power();
    });
  });
}

void Session::tick() {
  look_for_life();
  look_at_rfkill();
  if (purpose_ != Purpose::adverts) return;
  consult(witnesses_, vitality_, clock_.steady());
  const Remedy what = vitality_.check(clock_.steady());
  if (what == Remedy::none) return;
  if (what == Remedy::probe) return remedy(what);
  reporter_.down("mute", vitality_.proof());
  remedy(what);
}

void Session::hear(Heard&& heard) {
  const bool was_suspected = vitality_.suspected();
  const Stamp now = clock_.stamp();
  life_at_ = now.mono;
  vitality_.heard(heard.address, now.mono, heard.rssi);
  if (was_suspected && hearing_) reporter_.hearing(adapter_);
  reporter_.advert(std::move(heard), now);
}

void Session::look_for_life() {
  const SteadyTime now = clock_.steady();
  if (!hearing_ || now - life_at_ < ask_every_) return;
  life_at_ = now;
  call({owner_, "/", "org.freedesktop.DBus.Peer", "Ping", {}, ReplyKind::nothing}, [this](auto&& reply) {
    if (reply) return;
    failed("no bluetoothd", "it does not answer: ", reply.error());
    load();
  });
}

void Session::now_hearing() {
  hearing_ = true;
  refused_since_.reset();
  stuck_patience_ = old_scan_;
  life_at_ = clock_.steady();
  backoff_.reset();
  vitality_.scanning(true, clock_.steady());
  tell_scanning();
  if (!vitality_.suspected()) reporter_.hearing(adapter_);
}

}  // namespace aisle::bluez
