// The part of Session that reads signals.
#include <algorithm>
#include <string_view>
#include <utility>

#include "ble/bluez/session.hpp"

namespace aisle::bluez {
namespace {

constexpr std::string_view kAdapter = "org.bluez.Adapter1";
constexpr std::string_view kDevice = "org.bluez.Device1";

bool has(const Texts& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

void Session::on_signal(const Signal& signal) {
  if (const auto* owner = std::get_if<NameOwnerChanged>(&signal.body)) {
    if (owner->name == "org.bluez" && signal.sender == "org.freedesktop.DBus") on_owner(std::string(owner->new_owner));
    return;
  }
  // Anyone on the bus may send such signals; only bluetoothd's count.
  if (!loaded_ || signal.sender != owner_) return;
  if (const auto* changed = std::get_if<PropertiesChanged>(&signal.body)) return on_properties(*changed);
  if (const auto* added = std::get_if<InterfacesAdded>(&signal.body)) on_added(added->object);
  if (const auto* removed = std::get_if<InterfacesRemoved>(&signal.body)) on_removed(*removed);
}

void Session::on_properties(const PropertiesChanged& signal) {
  if (signal.interface == kDevice) {
    if (purpose_ == Purpose::control) return;
    const auto address = device_of(adapter_, signal.path);
    if (!address) return;
    auto heard = devices_.apply(*address, device_change(signal.changed, signal.invalidated));
    if (heard) hear(std::move(*heard));
  } else if (const std::string path(signal.path); signal.interface == kAdapter && adapters_.knows(path)) {
    const AdapterState before = adapters_.state(adapter_);
    adapters_.update(path, signal.changed);
    on_adapter_changed(before);
  }
}

void Session::on_added(const Object& object) {
  for (const auto& interface : object.interfaces) {
    if (interface.name == kAdapter) {
      const AdapterState before = adapters_.state(adapter_);
      const bool ours = object.path == adapter_;
      adapters_.update(std::string(object.path), interface.properties);
      ours ? on_adapter_changed(before) : choose();
    } else if (interface.name == kDevice && purpose_ == Purpose::adverts) {
      const auto address = device_of(adapter_, object.path);
      if (!address) continue;
      DeviceChange change = device_change(interface.properties, {});
      // Without a signal strength it is a device that BlueZ knows, not one that it heard.
      change.heard = change.rssi.has_value();
      auto heard = devices_.apply(*address, std::move(change));
      if (heard) hear(std::move(*heard));
    }
  }
}

void Session::on_removed(const InterfacesRemoved& signal) {
  if (has(signal.interfaces, kDevice)) {
    if (const auto address = device_of(adapter_, signal.path)) devices_.forget(*address);
  }
  if (has(signal.interfaces, kAdapter)) {
    adapters_.remove(std::string(signal.path));
    choose();
  }
}

}  // namespace aisle::bluez
