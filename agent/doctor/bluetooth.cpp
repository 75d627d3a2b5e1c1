#include "agent/doctor/bluetooth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace aisle::doctor {
namespace {

constexpr int kOldestMinor = 66;  // of 5.66, in Debian 12

const char* const kRestart = "sudo systemctl restart bluetooth";

Finding judge_bluetoothd(const BluetoothFacts& facts) {
  const char* const id = "bluetooth.daemon";
  switch (facts.daemon) {
    case Bluetoothd::no_bus:
      return failure(id, "the D-Bus system bus is not reached", facts.trouble,
                     "sudo apt install dbus; systemctl status dbus; sudo systemctl start dbus");
    case Bluetoothd::absent:
      if (!facts.installed)
        return failure(id, "BlueZ is not installed", "nobody owns org.bluez on the bus", "sudo apt install bluez");
      return failure(id, "bluetoothd does not run", facts.trouble,
                     "sudo systemctl enable --now bluetooth; systemctl status bluetooth");
    case Bluetoothd::silent:
      return failure(id, "bluetoothd does not answer", facts.trouble, kRestart);
    case Bluetoothd::denied:
    case Bluetoothd::answers:
      break;
  }
  const std::string what = "bluetoothd " + (facts.version.empty() ? std::string("runs") : facts.version + " runs");
  int major = 0, minor = 0;
  const char* const end = facts.version.data() + facts.version.size();
  const auto dot = std::from_chars(facts.version.data(), end, major);
  if (dot.ptr != end && *dot.ptr == '.') std::from_chars(dot.ptr + 1, end, minor);
  const bool old = major > 0 && (major < 5 || (major == 5 && minor < kOldestMinor));
  if (old)
    return warning(id, what, "older than 5.66, with which this was tried", "sudo apt update && sudo apt install bluez");
  return ok(id, what, facts.version.empty() ? "its version is not known" : "");
}

Finding judge_policy(const BluetoothFacts& facts) {
  const char* const id = "bluetooth.policy";
  const char* const fix = "sudo apt install --reinstall aisle-agent && sudo systemctl reload dbus";
  if (facts.ours && facts.state == "not allowed")
    return failure(id, "the D-Bus policy keeps aisled from bluetoothd", facts.detail, fix);
  if (facts.ours && facts.daemon == Bluetoothd::answers) return ok(id, "aisled may talk to bluetoothd");
  if (facts.daemon == Bluetoothd::denied) {
    return facts.policy_file
               ? not_applicable(id, "the D-Bus policy could not be tried",
                                "this user may not talk to bluetoothd, aisled's may: sudo aislectl doctor")
               : failure(id, "the D-Bus policy keeps us from bluetoothd",
                         facts.trouble + "; aisle-agent.conf is not in /usr/share/dbus-1/system.d", fix);
  }
  if (facts.daemon != Bluetoothd::answers)
    return not_applicable(id, "the D-Bus policy could not be tried", "see bluetooth.daemon");
  return ok(id, "this user may talk to bluetoothd", facts.policy_file ? "" : "the package's policy is not installed");
}

Finding judge_adapter(const BluetoothFacts& facts, const std::vector<AdapterFacts>& adapters) {
  const char* const id = "bluetooth.adapter";
  if (adapters.size() >= facts.names.size()) {
    std::string names;
    for (const auto& adapter : adapters) names += (names.empty() ? "" : ", ") + adapter.name;
    return ok(id, names + (adapters.size() == 1 ? " is there" : " are there"));
  }
  if (facts.adapters.empty()) {
    return failure(id, "there is no Bluetooth adapter", "neither bluetoothd nor the kernel knows one",
                   "plug it in, or enable the built-in one (no dtoverlay=disable-bt in config.txt); sudo dmesg | grep "
                   "-i bluetooth");
  }
  std::string there;
  for (const auto& adapter : facts.adapters) there += (there.empty() ? "" : ", ") + adapter.name;
  return failure(id, fmt::format("{} of {} adapters of [ble] adapter are there", adapters.size(), facts.names.size()),
                 "there are " + there, "plug it in, or aislectl config set ble.adapter hci0");
}

Finding judge_rfkill(const std::vector<AdapterFacts>& adapters) {
  const char* const id = "bluetooth.rfkill";
  for (const auto& adapter : adapters) {
    if (adapter.blocked.empty()) continue;
    return failure(id, fmt::format("{} is blocked {}", adapter.name, adapter.blocked),
                   "the kernel keeps its radio off (rfkill)",
                   adapter.blocked == "softly" ? "sudo rfkill unblock bluetooth"
                                               : "set the machine's wireless switch to on; rfkill list shows it");
  }
  return adapters.empty() ? not_applicable(id, "not known", "see bluetooth.adapter") : ok(id, "no adapter is blocked");
}

Finding judge_power(const std::vector<AdapterFacts>& adapters) {
  const char* const id = "bluetooth.power";
  bool known = false;
  for (const auto& adapter : adapters) {
    known = known || adapter.known;
    if (!adapter.known || adapter.powered) continue;
    return failure(id, adapter.name + " is powered off",
                   adapter.blocked.empty() ? "it was switched off, or never on; aisled switches it on within a minute"
                                           : "rfkill blocks it; see bluetooth.rfkill",
                   adapter.blocked.empty() ? "bluetoothctl power on" : "sudo rfkill unblock bluetooth");
  }
  return known ? ok(id, "every adapter is powered")
               : not_applicable(id, "not known", "bluetoothd tells it; see bluetooth.daemon and bluetooth.adapter");
}

Finding judge_scanning(const BluetoothFacts& facts, const std::vector<AdapterFacts>& adapters) {
  const char* const id = "bluetooth.scanning";
  if (!facts.ours) {
    const bool somebody = std::ranges::any_of(adapters, &AdapterFacts::discovering);
    return not_applicable(id, "aisled does not scan",
                          somebody ? "it does not run; another program scans" : "it does not run; see daemon.running");
  }
  if (facts.state == "hearing") return ok(id, "aisled scans (" + facts.mode + ")");
  const std::string what = "aisled's radio: " + facts.state;
  const std::string why = facts.detail.empty() ? "its zones are unknown meanwhile" : facts.detail;
  if (facts.state == "degraded")
    return warning(id, what, why, "see the findings above for that adapter; aislectl status");
  return failure(id, what, why, std::string(kRestart) + ", if it does not heal by itself in two minutes");
}

Finding judge_hearing(const BluetoothFacts& facts) {
  const char* const id = "bluetooth.hearing";
  if (!facts.ours || (facts.state != "hearing" && facts.state != "degraded"))
    return not_applicable(id, "nothing is heard", "nobody scans; see bluetooth.scanning");
  if (facts.newly > 0) return ok(id, fmt::format("{} adverts were heard just now", facts.newly));
  if (facts.adverts > 0) {
    return ok(id, fmt::format("{} adverts since the start, none just now", facts.adverts), "an empty store is silent");
  }
  return warning(id, "not one advert since aisled's start",
                 "an empty store is silent, and so is a radio without an antenna",
                 "hold a phone with the app or any beacon beside the gateway, and ask again");
}

Finding judge_monitor(const BluetoothFacts& facts, const std::vector<AdapterFacts>& adapters) {
  const char* const id = "bluetooth.monitor";
  if (facts.ours && facts.mode == "active" && facts.why.starts_with("[ble] scanning"))
    return not_applicable(id, "no advertisement monitor is asked for", facts.why);
  if (facts.ours && (facts.mode == "active+monitor" || facts.mode == "passive"))
    return ok(id, "advertisement monitors work: every advert is reported");
  if (facts.daemon != Bluetoothd::answers || adapters.empty())
    return not_applicable(id, "not known whether bluetoothd takes advertisement monitors", "see the findings above");
  const bool offered = std::ranges::all_of(adapters, &AdapterFacts::monitors);
  if (offered && (!facts.ours || facts.state != "hearing")) return ok(id, "bluetoothd takes advertisement monitors");
  return warning(id, "bluetoothd takes no advertisement monitors (it runs without --experimental)",
                 "a controller that filters duplicates reports a phone that stands still once in 10 s" +
                     (facts.why.empty() ? "" : "; " + facts.why),
                 "sudo install -D -m 0644 /usr/share/doc/aisle-agent/examples/bluetooth-experimental.conf "
                 "/etc/systemd/system/bluetooth.service.d/aisle.conf && sudo systemctl daemon-reload && sudo systemctl "
                 "restart bluetooth");
}

}  // namespace

std::string version_of(const std::string& modalias) {
  constexpr std::string_view kOwn = "usb:v1D6Bp0246d";
  if (!modalias.starts_with(kOwn) || modalias.size() != kOwn.size() + 4) return {};
  unsigned number = 0;
  const auto parsed = std::from_chars(modalias.data() + kOwn.size(), modalias.data() + modalias.size(), number, 16);
  return parsed.ec == std::errc() ? fmt::format("{}.{}", number >> 8U, number & 0xFFU) : std::string();
}

std::vector<AdapterFacts> chosen(const BluetoothFacts& facts) {
  std::vector<AdapterFacts> out;
  for (const auto& name : facts.names) {
    const auto found = std::ranges::find_if(facts.adapters, [&](const AdapterFacts& adapter) {
      return name.empty() || adapter.name == name || (!adapter.address.empty() && adapter.address == name);
    });
    if (found != facts.adapters.end()) out.push_back(*found);
  }
  return out;
}

void judge_bluetooth(const BluetoothFacts& facts, const Tell& tell) {
  if (!facts.wanted) {
    for (const char* part : {"daemon", "policy", "adapter", "rfkill", "power", "scanning", "hearing", "monitor"})
      tell(not_applicable(std::string("bluetooth.") + part, "no radio is used",
                          "[ble] source is a recording or the simulator"));
    return;
  }
  const auto adapters = chosen(facts);
  tell(judge_bluetoothd(facts));
  tell(judge_policy(facts));
  tell(judge_adapter(facts, adapters));
  tell(judge_rfkill(adapters));
  tell(judge_power(adapters));
  tell(judge_scanning(facts, adapters));
  tell(judge_hearing(facts));
  tell(judge_monitor(facts, adapters));
}

}  // namespace aisle::doctor
