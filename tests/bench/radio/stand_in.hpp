// A stand-in for bluetoothd that says what it hears at a steady rate: of each advert one PropertiesChanged with RSSI
// and manufacturer data, as bluetoothd does for discovery with DuplicateData.
#pragma once

#include <systemd/sd-bus.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "tests/bluez/controller/load.hpp"

namespace aisle::radio {

class StandIn {
 public:
  // Owns org.bluez on the bus, with the adapter hci0 and the devices of `load` under it, which it has seen before.
  // Throws std::runtime_error where the bus cannot be reached.
  StandIn(const std::string& bus_address, const rig::LoadSpec& load);
  ~StandIn();
  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;

  struct Sent {
    std::uint64_t adverts = 0;
    std::chrono::nanoseconds cpu{0};  // of the sending thread
  };
  // Sends the load, and returns when the bus has taken it all. Once.
  [[nodiscard]] Sent send();

 private:
  static int on_call(sd_bus_message* message, void* self, sd_bus_error* error);
  int reply_objects(sd_bus_message* message) const;
  void run();
  // Sends what is due; the time until the next one.
  Duration send_due();
  void emit(const rig::Advertisement& advert);

  const rig::LoadSpec load_;
  SystemClock clock_;
  std::unique_ptr<rig::Program> program_;
  sd_bus* bus_ = nullptr;
  int wake_ = -1;
  std::atomic<bool> sending_{false}, stopping_{false};
  SteadyTime begin_{};
  Sent sent_;
  std::promise<Sent> done_;
  std::thread thread_;
};

}  // namespace aisle::radio
