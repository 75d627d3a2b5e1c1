#include "tests/bluez/guest/foreign_client.hpp"

#include <cstring>
#include <stdexcept>

namespace aisle::rig {
namespace {

constexpr const char* kBluez = "org.bluez";
constexpr const char* kAdapterPath = "/org/bluez/hci0";
constexpr const char* kAdapter = "org.bluez.Adapter1";

void check(int result, const char* what) {
  if (result < 0) throw std::runtime_error(std::string(what) + ": " + std::strerror(-result));
}

std::string name_of(int result, sd_bus_error& error) {
  std::string name = result >= 0 ? "" : error.name != nullptr ? error.name : std::strerror(-result);
  sd_bus_error_free(&error);
  return name;
}

}  // namespace

ForeignClient::ForeignClient(const std::string& bus_address) {
  sd_bus* bus = nullptr;
  check(sd_bus_new(&bus), "sd_bus_new");
  bus_.reset(bus);
  check(sd_bus_set_address(bus, bus_address.c_str()), "sd_bus_set_address");
  check(sd_bus_set_bus_client(bus, 1), "sd_bus_set_bus_client");
  check(sd_bus_start(bus), "sd_bus_start");
}

std::string ForeignClient::call(const char* method) {
  sd_bus_error error{};
  return name_of(sd_bus_call_method(bus_.get(), kBluez, kAdapterPath, kAdapter, method, &error, nullptr, ""), error);
}

std::string ForeignClient::filter_pattern(const std::string& pattern) {
  sd_bus_error error{};
  return name_of(sd_bus_call_method(bus_.get(), kBluez, kAdapterPath, kAdapter, "SetDiscoveryFilter", &error, nullptr,
                                    "a{sv}", 2, "Pattern", "s", pattern.c_str(), "Transport", "s", "le"),
                 error);
}

std::string ForeignClient::filter_rssi(int rssi) {
  sd_bus_error error{};
  return name_of(sd_bus_call_method(bus_.get(), kBluez, kAdapterPath, kAdapter, "SetDiscoveryFilter", &error, nullptr,
                                    "a{sv}", 2, "RSSI", "n", rssi, "Transport", "s", "le"),
                 error);
}

std::string ForeignClient::set_powered(bool on) {
  sd_bus_error error{};
  return name_of(sd_bus_set_property(bus_.get(), kBluez, kAdapterPath, kAdapter, "Powered", &error, "b", on ? 1 : 0),
                 error);
}

std::int64_t ForeignClient::bus_count(const char* name) {
  sd_bus_message* message = nullptr;
  sd_bus_error error{};
  const int result = sd_bus_call_method(bus_.get(), "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                        "org.freedesktop.DBus.Debug.Stats", "GetStats", &error, &message, "");
  const std::unique_ptr<sd_bus_message, decltype(&sd_bus_message_unref)> reply(message, sd_bus_message_unref);
  sd_bus_error_free(&error);
  if (result < 0 || sd_bus_message_enter_container(message, 'a', "{sv}") < 0) return -1;
  while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
    const char* key = nullptr;
    std::uint32_t value = 0;
    if (sd_bus_message_read(message, "s", &key) < 0) return -1;
    if (std::string(key) == name) {
      return sd_bus_message_read(message, "v", "u", &value) < 0 ? -1 : std::int64_t{value};
    }
    if (sd_bus_message_skip(message, "v") < 0 || sd_bus_message_exit_container(message) < 0) return -1;
  }
  return -1;
}

}  // namespace aisle::rig
