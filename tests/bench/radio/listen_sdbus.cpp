// The least that hears adverts from bluetoothd over D-Bus: one match rule, and of each signal the address, RSSI and
// manufacturer data. It checks no sender, merges nothing with what a device said before, hands nothing over.
#include <systemd/sd-bus.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <memory>

#include "ble/bluez/device.hpp"
#include "tests/bench/radio/listen.hpp"
#include "tests/bench/radio/meter.hpp"

namespace aisle::radio {
namespace {

// As the source's own (ble/bluez/scan_request.cpp).
constexpr const char* kRule =
    "type='signal',sender='org.bluez',interface='org.freedesktop.DBus.Properties',member='PropertiesChanged',"
    "path_namespace='/org/bluez'";
constexpr std::uint64_t kLook = 200'000;  // us of silence until a look whether to end

struct Heard {
  bluez::AddressBytes address{};
  std::int16_t rssi = 127;
  std::array<std::byte, 64> data{};  // of the last company
  std::size_t size = 0;
};

// a{qv} of ay in a variant.
int read_manufacturers(sd_bus_message* m, Heard& heard) {
  int r = sd_bus_message_enter_container(m, 'v', "a{qv}");
  if (r < 0) return r;
  r = sd_bus_message_enter_container(m, 'a', "{qv}");
  if (r < 0) return r;
  while ((r = sd_bus_message_enter_container(m, 'e', "qv")) > 0) {
    std::uint16_t company = 0;
    if ((r = sd_bus_message_read_basic(m, 'q', &company)) < 0) return r;
    if ((r = sd_bus_message_enter_container(m, 'v', "ay")) < 0) return r;
    const void* data = nullptr;
    std::size_t size = 0;
    if ((r = sd_bus_message_read_array(m, 'y', &data, &size)) < 0) return r;
    heard.size = std::min(size, heard.data.size());
    std::copy_n(static_cast<const std::byte*>(data), heard.size, heard.data.begin());
    if ((r = sd_bus_message_exit_container(m)) < 0) return r;
    if ((r = sd_bus_message_exit_container(m)) < 0) return r;
  }
  if (r < 0) return r;
  if ((r = sd_bus_message_exit_container(m)) < 0) return r;
  return sd_bus_message_exit_container(m);
}

int read_property(sd_bus_message* m, Heard& heard) {
  const char* name = nullptr;
  if (const int r = sd_bus_message_read_basic(m, 's', &name); r < 0) return r;
  if (std::strcmp(name, "RSSI") == 0) return sd_bus_message_read(m, "v", "n", &heard.rssi);
  if (std::strcmp(name, "ManufacturerData") == 0) return read_manufacturers(m, heard);
  return sd_bus_message_skip(m, "v");
}

int read_changed(sd_bus_message* m, Heard& heard) {
  int r = sd_bus_message_enter_container(m, 'a', "{sv}");
  if (r < 0) return r;
  while ((r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
    if ((r = read_property(m, heard)) < 0) return r;
    if ((r = sd_bus_message_exit_container(m)) < 0) return r;
  }
  return r;
}

int on_changed(sd_bus_message* m, void* meter, sd_bus_error*) {
  const char* interface = nullptr;
  if (sd_bus_message_read_basic(m, 's', &interface) < 0 || std::strcmp(interface, "org.bluez.Device1") != 0) return 0;
  const char* path = sd_bus_message_get_path(m);
  const auto address = bluez::device_of("/org/bluez/hci0", path != nullptr ? path : "");
  if (!address) return 0;
  Heard heard{*address};
  if (read_changed(m, heard) < 0) return 0;
  const auto now = std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now());
  static_cast<Meter*>(meter)->heard(ByteSpan(heard.data).first(heard.size), now);
  return 0;
}

int call_adapter(sd_bus* bus, const char* method, bool filter) {
  sd_bus_error error{};
  const int r = filter ? sd_bus_call_method(bus, "org.bluez", "/org/bluez/hci0", "org.bluez.Adapter1", method, &error,
                                            nullptr, "a{sv}", 2, "Transport", "s", "le", "DuplicateData", "b", 1)
                       : sd_bus_call_method(bus, "org.bluez", "/org/bluez/hci0", "org.bluez.Adapter1", method, &error,
                                            nullptr, "");
  if (r < 0) std::fprintf(stderr, "%s: %s\n", method, error.message != nullptr ? error.message : "no answer");
  sd_bus_error_free(&error);
  return r;
}

using Bus = std::unique_ptr<sd_bus, sd_bus* (*)(sd_bus*)>;

Bus connect(const std::string& address) {
  sd_bus* bus = nullptr;
  sd_bus_new(&bus);
  sd_bus_set_address(bus, address.c_str());
  sd_bus_set_bus_client(bus, 1);
  if (sd_bus_start(bus) < 0) bus = sd_bus_unref(bus);
  return {bus, &sd_bus_flush_close_unref};
}

}  // namespace

int listen_sdbus(const std::string& address, const sigset_t& end) {
  Meter meter;
  const Bus bus = connect(address);
  if (!bus || sd_bus_add_match(bus.get(), nullptr, kRule, &on_changed, &meter) < 0) return 1;
  if (call_adapter(bus.get(), "SetDiscoveryFilter", true) < 0 || call_adapter(bus.get(), "StartDiscovery", false) < 0)
    return 1;
  say_ready();
  const timespec now{};
  for (;;) {
    const int processed = sd_bus_process(bus.get(), nullptr);
    if (processed < 0) return 1;
    if (processed > 0) continue;
    // Whether to end is looked at in silence only: it would cost a system call at every advert.
    if (sd_bus_wait(bus.get(), kLook) == 0 && sigtimedwait(&end, nullptr, &now) == SIGTERM) break;
  }
  std::puts(meter.report().c_str());
  return 0;
}

}  // namespace aisle::radio
