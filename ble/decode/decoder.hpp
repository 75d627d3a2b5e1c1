// What every decoder takes and gives. A new one needs a file, a declaration here and a line in decode.cpp's registry.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "ble/decode/decode.hpp"

namespace aisle::decode {

// The data of one AD structure, its key taken off.
struct Section {
  std::uint16_t key = 0;            // company id or 16-bit service UUID; 0 for AD types without
  std::span<const std::byte> body;  // what follows the key
};

// Where a decoder puts what it finds; knows the place of the AD structure.
class Sink {
 public:
  explicit Sink(Decoded& out) : out_(out) {}
  void set_offset(std::size_t offset) { offset_ = offset; }

  template <class T>
  void add(const T& beacon) {
    if (out_.count < kMaxBeacons) out_.beacons[out_.count++].template emplace<T>(beacon);
  }
  [[nodiscard]] bool rejected() const { return out_.malformed; }
  // `reason` is a string literal. Once a payload: nothing is decoded after it.
  void reject(const char* reason) {
    out_.malformed = true;
    out_.error = {static_cast<std::uint16_t>(std::min<std::size_t>(offset_, 0xFFFF)), reason};
  }

 private:
  Decoded& out_;
  std::size_t offset_ = 0;
};

// True when the section was of the decoder's kind, whether sound or rejected; then no other decoder sees it.
using Decoder = bool(const Section& section, Sink& sink);

Decoder decode_ibeacon;
Decoder decode_altbeacon;
Decoder decode_eddystone_uid;
Decoder decode_eddystone_url;
Decoder decode_eddystone_tlm;
Decoder decode_eddystone_eid;
Decoder decode_aisle_token;
Decoder decode_apple_overflow;
Decoder decode_bthome;

inline constexpr std::uint16_t kCompanyApple = 0x004C;
inline constexpr std::uint16_t kServiceEddystone = 0xFEAA;
inline constexpr std::uint16_t kServiceBtHome = 0xFCD2;

}  // namespace aisle::decode
