#include "tests/bluez/controller/duplicate_filter.hpp"

namespace aisle::rig {

bool DuplicateFilter::admit(const Address& address, bool scan_response, ByteSpan data) {
  if (what_ == Duplicates::none) return true;
  std::string key(address.bytes.begin(), address.bytes.end());
  key.push_back(address.random ? 'r' : 'p');
  key.push_back(scan_response ? 's' : 'a');
  if (what_ == Duplicates::address_and_data) {
    for (const std::byte b : data) key.push_back(std::to_integer<char>(b));
  }
  if (seen_.size() >= kCapacity) seen_.clear();
  return seen_.insert(std::move(key)).second;
}

}  // namespace aisle::rig
