#include "ble/source/witnesses.hpp"

#include "ble/source/vitality.hpp"

namespace aisle {

void consult(const Witnesses* others, Vitality& vitality, SteadyTime now) {
  if (others == nullptr) return;
  std::vector<Testimony> heard;
  others->heard_since(now - Vitality::kSilence, heard);
  vitality.consider(heard, now);
}

}  // namespace aisle
