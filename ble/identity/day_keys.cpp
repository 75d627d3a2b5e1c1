#include "ble/identity/day_keys.hpp"

namespace aisle::identity {
namespace {

// By a quarter instead of doubling: a million keys are tens of megabytes.
template <class T>
void push_tight(std::vector<T>& vector, const T& value) {
  if (vector.size() == vector.capacity()) vector.reserve(vector.size() + vector.size() / 4 + 16);
  vector.push_back(value);
}

}  // namespace

std::uint32_t DayKeys::put(std::uint32_t device, const Key128& rpik) {
  std::uint32_t position = find(device);
  if (position != kNone) {
    rpiks_[position] = rpik;
    return position;
  }
  if (free_.empty()) {
    position = positions();
    push_tight(devices_, device);
    push_tight(rpiks_, rpik);
  } else {
    position = free_.back();
    free_.pop_back();
    devices_[position] = device;
    rpiks_[position] = rpik;
  }
  index_.insert(hash_u64(device), position);
  return position;
}

void DayKeys::erase(std::uint32_t position) {
  index_.erase(hash_u64(devices_[position]), position);
  devices_[position] = kNone;
  rpiks_[position] = Key128{};
  free_.push_back(position);
}

std::uint32_t DayKeys::find(std::uint32_t device) const {
  return index_.find(hash_u64(device), [&](std::uint32_t position) { return devices_[position] == device; });
}

std::size_t DayKeys::bytes() const {
  return devices_.capacity() * sizeof(devices_[0]) + rpiks_.capacity() * sizeof(rpiks_[0]) +
         free_.capacity() * sizeof(free_[0]) + index_.bytes();
}

}  // namespace aisle::identity
