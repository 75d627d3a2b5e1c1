// CRC-32C (Castagnoli; RFC 3720, appendix B.4): finds what a storage medium alters by itself, not what somebody forges.
#pragma once

#include <cstdint>
#include <string_view>

namespace aisle {

class Crc32c {
 public:
  Crc32c& add(std::string_view bytes);
  // Eight bytes, the lowest first.
  Crc32c& add(std::uint64_t number);
  [[nodiscard]] std::uint32_t value() const { return ~state_; }

 private:
  std::uint32_t state_ = 0xFFFFFFFFU;
};

}  // namespace aisle
