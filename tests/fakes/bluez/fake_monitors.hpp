// bluetoothd's AdvertisementMonitorManager1, as far as one client sees it: asks the client for its objects before it
// answers. Used on the fake's thread alone.
#pragma once

#include <systemd/sd-bus.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/fakes/bluez/bus_thread.hpp"

namespace aisle::fakes {

class FakeMonitors {
 public:
  // Started with --experimental, or not: then there is no such method.
  void allow(bool on) { allowed_ = on; }
  // The next registrations answer these error names; "" is never answered.
  void refuse(std::vector<std::string> errors) { refusals_.assign(errors.begin(), errors.end()); }
  // Registered ones become active by themselves, or not.
  void activate(bool on) { activates_ = on; }

  int on_call(const std::string& adapter, sd_bus_message* message, sd_bus_error* error);
  // Calls the monitor of an adapter: "Release", or "DeviceFound" with a path.
  void call(const std::string& adapter, const char* method, const std::string& device = "");
  void remove(const std::string& adapter) { registered_.erase(adapter); }

  // What the adapter's client shows of its monitor, in words; empty without one.
  [[nodiscard]] std::string description(const std::string& adapter) const;
  // As "hci0 RegisterMonitor".
  [[nodiscard]] const std::vector<std::string>& calls() const { return calls_; }

 private:
  struct Registration {
    std::string owner, path;
    std::string monitor;  // its path
    std::string description;
    sd_bus* bus = nullptr;
  };
  struct Pending {
    FakeMonitors* self;
    std::string adapter;
    MessagePtr request;
  };
  int register_monitor(const std::string& adapter, sd_bus_message* message, sd_bus_error* error);
  static int on_objects(sd_bus_message* reply, void* pending, sd_bus_error* error);
  void read_objects(Registration& registration, sd_bus_message* reply) const;

  bool allowed_ = false;
  bool activates_ = true;
  std::deque<std::string> refusals_;
  std::map<std::string, Registration> registered_;  // by adapter
  std::vector<std::string> calls_;
};

}  // namespace aisle::fakes
