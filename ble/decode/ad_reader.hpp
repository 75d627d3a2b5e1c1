// Walks the AD structures of an advertising payload: length | type | data, where the length counts type and data (Core
// Specification 5.4, Vol 3 Part C 11; types in the Assigned Numbers, 2.3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace aisle::decode {

inline constexpr std::uint8_t kAdUuid16Incomplete = 0x02;
inline constexpr std::uint8_t kAdUuid16Complete = 0x03;
inline constexpr std::uint8_t kAdUuid32Incomplete = 0x04;
inline constexpr std::uint8_t kAdUuid32Complete = 0x05;
inline constexpr std::uint8_t kAdUuid128Incomplete = 0x06;
inline constexpr std::uint8_t kAdUuid128Complete = 0x07;
inline constexpr std::uint8_t kAdServiceData16 = 0x16;
inline constexpr std::uint8_t kAdServiceData32 = 0x20;
inline constexpr std::uint8_t kAdServiceData128 = 0x21;
inline constexpr std::uint8_t kAdManufacturer = 0xFF;

struct AdStructure {
  std::size_t offset = 0;  // of its length byte in the payload
  std::uint8_t type = 0;
  std::span<const std::byte> data;  // after the type byte; may be empty
};

class AdReader {
 public:
  explicit AdReader(std::span<const std::byte> payload) : payload_(payload) {}

  // Fills `out` with the next structure. False at the end: at the payload's end, at a zero length byte (early
  // termination: what follows has no meaning), or at a structure that overruns the payload.
  bool next(AdStructure& out) {
    if (offset_ >= payload_.size()) return false;
    const auto length = std::to_integer<std::size_t>(payload_[offset_]);
    if (length == 0) return false;
    if (length > payload_.size() - offset_ - 1) {
      overrun_ = true;
      return false;
    }
    out.offset = offset_;
    out.type = std::to_integer<std::uint8_t>(payload_[offset_ + 1]);
    out.data = payload_.subspan(offset_ + 2, length - 1);
    offset_ += 1 + length;
    return true;
  }

  // After `next` said false: whether the structure at `offset` claims more bytes than there are.
  [[nodiscard]] bool overrun() const { return overrun_; }
  // Where the next length byte is.
  [[nodiscard]] std::size_t offset() const { return offset_; }

 private:
  std::span<const std::byte> payload_;
  std::size_t offset_ = 0;
  bool overrun_ = false;
};

}  // namespace aisle::decode
