// What a radio may ask of the other radios of its gateway: whether the air is as silent as it seems.
#pragma once

#include <vector>

#include "ble/source/recent_devices.hpp"

namespace aisle {

class Vitality;

// One device that another radio hears.
struct Testimony {
  RecentDevice device;
  std::size_t radio = 0;       // which one hears it
  bool same_receiver = false;  // that radio hears for the same receiver, so it stands at the same place
};

// Thread-safe.
class Witnesses {
 public:
  virtual ~Witnesses() = default;
  // Appends what the others have heard since; a device once for each radio that heard it.
  virtual void heard_since(SteadyTime since, std::vector<Testimony>& out) const = 0;
};

// Lays before `vitality` what the others heard lately; about once a second, before its check. Null: there are none.
void consult(const Witnesses* others, Vitality& vitality, SteadyTime now);

}  // namespace aisle
