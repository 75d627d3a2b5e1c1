// Everything a gateway has around it, inside the guest: a system bus, bluetoothd, one or two virtual controllers, a
// broker with a reference cloud, and aisled itself. All are real but for the radio.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/bluez/controller/virtual_controller.hpp"
#include "tests/e2e/agent/shop.hpp"
#include "tests/fakes/bluez/private_bus.hpp"
#include "tests/fakes/process.hpp"

namespace aisle::rig {

using e2e::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Hearing resumes within this time of a fault's cause going away.
inline constexpr seconds kHealing{15};

// Asks every 200 ms: a question may be a program of its own, and the guest has one processor.
[[nodiscard]] bool eventually(const std::function<bool()>& so, milliseconds within = seconds(60));

struct WorldOptions {
  std::string source = "bluez";
  bool experimental = false;  // bluetoothd --experimental: advertisement monitors
  ControllerOptions controller;
  std::string ble;                   // more lines of [ble]
  std::string zones;                 // beside "coffee"
  std::string policy;                // of the bus, more rules
  std::vector<std::string> wrapper;  // a program that runs aisled, and its arguments
  std::uint32_t user = 0;            // whose files they are that aisled finds; the wrapper makes it that user
  std::string state = "hearing";     // in which aisled is at the end of its start
};

// A way to hear: "bluez", "hci", or "hci_passive" with a bluetoothd that allows it.
[[nodiscard]] WorldOptions options_of(const std::string& way);

class World {
 public:
  explicit World(WorldOptions options = {});

  // Starts all of it and waits until aisled says that it hears, or what else it is to say. Empty, or what went wrong.
  [[nodiscard]] std::string start();

  void start_bluetoothd();
  void end_bluetoothd(int signal);
  void start_aisled();

  [[nodiscard]] VirtualController& controller(std::size_t number = 0) { return *controllers_.at(number); }
  // Another one, which `start` plugs in after those before it.
  VirtualController& add_controller(const ControllerOptions& options);
  [[nodiscard]] fakes::PrivateBus& bus() { return bus_; }
  [[nodiscard]] e2e::Shop& shop() { return shop_; }
  [[nodiscard]] fakes::Process& aisled() { return aisled_; }
  [[nodiscard]] fakes::Process& bluetoothd() { return bluetoothd_; }

  [[nodiscard]] json status() const;
  // Of several radios, the one of this number.
  [[nodiscard]] json radio(std::size_t number) const;
  // Its word on the source, and the source's count of adverts.
  [[nodiscard]] json source() const;
  [[nodiscard]] std::string state() const;
  [[nodiscard]] std::uint64_t adverts() const;
  [[nodiscard]] bool reaches(const std::string& state, milliseconds within = kHealing) const;
  // True when more adverts than now have come within that time.
  [[nodiscard]] bool hears_more(milliseconds within = kHealing) const;
  // What helps to understand a failure: aisled's and bluetoothd's last lines, and the controller's state.
  [[nodiscard]] std::string trouble() const;

 private:
  void configure();
  void give_files() const;

  WorldOptions options_;
  fakes::PrivateBus bus_;
  std::vector<std::unique_ptr<VirtualController>> controllers_;
  e2e::Shop shop_;
  fakes::Process bluetoothd_, aisled_;
};

}  // namespace aisle::rig
