#include "tests/bluez/controller/ether.hpp"

#include <utility>

namespace aisle::rig {

Ether::~Ether() {
  std::vector<Member> members;
  {
    const std::scoped_lock lock(mutex_);
    members.swap(members_);
  }
  for (const Member& member : members) member.controller->on_transmission({});
}

void Ether::join(VirtualController& controller, Dbm rssi) {
  {
    const std::scoped_lock lock(mutex_);
    members_.push_back({&controller, rssi});
  }
  controller.on_transmission([this, from = &controller](const Advertisement& advert) { spread(from, advert); });
}

// On the thread of the one that transmits; the others are not waited for.
void Ether::spread(const VirtualController* from, Advertisement advert) {
  const std::scoped_lock lock(mutex_);
  for (const Member& member : members_) {
    if (member.controller == from) continue;
    advert.rssi = member.rssi;
    member.controller->overhear(advert);
  }
}

}  // namespace aisle::rig
