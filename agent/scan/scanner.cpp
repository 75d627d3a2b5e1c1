#include "agent/scan/scanner.hpp"

#include <limits>

#include "ble/source/recent_devices.hpp"

namespace aisle::scan {

std::size_t Aliases::Hash::operator()(const Address& address) const {
  return address_slot(address, std::numeric_limits<std::size_t>::max());
}

std::uint32_t Aliases::of(const Address& address) {
  const auto found = places_.find(address);
  if (found != places_.end()) {
    known_.splice(known_.begin(), known_, found->second);
    return found->second->number;
  }
  if (known_.size() == kMost) {
    places_.erase(known_.back().address);
    known_.pop_back();
  }
  known_.push_front({address, ++last_});
  places_.emplace(address, known_.begin());
  return last_;
}

Heard Scanner::hear(const Advert& advert) {
  decode::decode(advert.payload.view(), decoded_);
  Heard out;
  out.at = advert.at.mono;
  out.device = aliases_.of(advert.address);
  if (decoded_.count > 0) {
    out.kind = to_string(decode::kind_of(decoded_.beacons[0]));
  } else {
    out.kind = decoded_.malformed ? "malformed" : "unknown";
  }
  out.receiver = advert.receiver.empty() ? own_ : advert.receiver;
  out.rssi = advert.rssi;
  out.louder = advert.louder;
  return out;
}

}  // namespace aisle::scan
