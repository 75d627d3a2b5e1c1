#include "ble/bluez/scan_request.hpp"

#include <algorithm>

namespace aisle::bluez {
namespace {

constexpr const char* kOwnerRule =
    "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',"
    "arg0='org.bluez'";
constexpr const char* kPropertiesRule =
    "type='signal',sender='org.bluez',interface='org.freedesktop.DBus.Properties',member='PropertiesChanged',"
    "path_namespace='/org/bluez";  // and the rest of the path
constexpr const char* kAddedRule =
    "type='signal',sender='org.bluez',interface='org.freedesktop.DBus.ObjectManager',member='InterfacesAdded'";
constexpr const char* kRemovedRule =
    "type='signal',sender='org.bluez',interface='org.freedesktop.DBus.ObjectManager',member='InterfacesRemoved'";

// More adapters than a gateway has ports for; one beyond them is watched where it is the configured one.
constexpr int kWatchedAdapters = 16;

// The highest threshold that bluetoothd accepts (-127 to 20, adapter.c parse_rssi); no phone is that loud.
constexpr std::int16_t kNothingIsThatLoud = 20;

// Fit for an object path, and so for a rule.
bool is_name(const std::string& wanted) {
  return !wanted.empty() && std::all_of(wanted.begin(), wanted.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::vector<std::string> adapter_names(const std::string& wanted) {
  std::vector<std::string> out;
  out.reserve(kWatchedAdapters + 1);
  for (int i = 0; i < kWatchedAdapters; ++i) out.push_back("hci" + std::to_string(i));
  if (is_name(wanted) && std::find(out.begin(), out.end(), wanted) == out.end()) out.push_back(wanted);
  return out;
}

// The signals of one adapter and its devices: those of other radios' devices do not wake us. An arg0path matches that
// very path; with a slash at its end, all that lies below it.
std::vector<std::string> rules_of_one(const std::string& name) {
  std::vector<std::string> out = {kOwnerRule, kPropertiesRule + ("/" + name + "'")};
  for (const char* end : {"'", "/'"}) {
    out.push_back(kAddedRule + (",arg0path='/org/bluez/" + name) + end);
    out.push_back(kRemovedRule + (",arg0path='/org/bluez/" + name) + end);
  }
  return out;
}

}  // namespace

std::vector<std::string> match_rules(Purpose purpose, const std::string& wanted) {
  const std::string all_properties = std::string(kPropertiesRule) + "'";
  if (purpose == Purpose::adverts) {
    if (is_name(wanted)) return rules_of_one(wanted);
    return {kOwnerRule, all_properties, kAddedRule, kRemovedRule};
  }
  std::vector<std::string> out = {kOwnerRule, all_properties + ",arg0='org.bluez.Adapter1'"};
  // arg0path without a slash at its end matches that very path, not what lies below it.
  for (const auto& name : adapter_names(wanted)) {
    const std::string path = ",arg0path='/org/bluez/" + name + "'";
    out.push_back(kAddedRule + path);
    out.push_back(kRemovedRule + path);
  }
  return out;
}

Options discovery_filter(Purpose purpose) {
  if (purpose == Purpose::adverts) {
    // Every advert of every device, unchanged ones too; without a filter bluetoothd hides small changes. The empty
    // pattern matches every device: without it another client's pattern would hide those that it does not match.
    return {{"Transport", std::string("le")}, {"DuplicateData", true}, {"Pattern", std::string()}};
  }
  // The kernel compares the threshold before it tells bluetoothd of an advert (mgmt.c, is_filter_match), so that
  // bluetoothd and the D-Bus daemon stay idle. It is no setting of the controller: scan, duplicate filter and what raw
  // sockets see are the same as without. Where another client asks for more, the lower threshold counts, and it is
  // served as ever.
  return {{"Transport", std::string("le")}, {"DuplicateData", false}, {"RSSI", kNothingIsThatLoud}};
}

}  // namespace aisle::bluez
