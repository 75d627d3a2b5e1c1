#include "ble/bluez/message_reader.hpp"

namespace aisle::bluez {

ByteSpan MessageReader::bytes() {
  const void* data = nullptr;
  std::size_t size = 0;
  // 0 for an empty array.
  if (ok_ && sd_bus_message_read_array(message_, 'y', &data, &size) < 0) ok_ = false;
  if (!ok_ || data == nullptr) return {};
  return {static_cast<const std::byte*>(data), size};
}

}  // namespace aisle::bluez
