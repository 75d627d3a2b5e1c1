// The air between virtual controllers: what the host advertises through one is heard by the others.
#pragma once

#include <mutex>
#include <vector>

#include "tests/bluez/controller/virtual_controller.hpp"

namespace aisle::rig {

// Thread-safe. Controllers outlive the ether.
class Ether {
 public:
  Ether() = default;
  ~Ether();
  Ether(const Ether&) = delete;
  Ether& operator=(const Ether&) = delete;

  // From now on it hears those that have joined, and they hear it, at `rssi`.
  void join(VirtualController& controller, Dbm rssi = Dbm{-50});

 private:
  struct Member {
    VirtualController* controller;
    Dbm rssi;
  };
  void spread(const VirtualController* from, Advertisement advert);

  std::mutex mutex_;
  std::vector<Member> members_;
};

}  // namespace aisle::rig
