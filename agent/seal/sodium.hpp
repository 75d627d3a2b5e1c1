// libsodium's byte type. Only for this module's sources.
#pragma once

#include <sodium.h>

#include <cstdlib>
#include <span>

namespace aisle::seal {

// Lets libsodium choose what is fastest here; to be called before the rest, as often as one likes.
inline void prepare() {
  if (sodium_init() < 0) std::abort();
}

inline const unsigned char* bytes_of(std::span<const std::byte> span) {
  return static_cast<const unsigned char*>(static_cast<const void*>(span.data()));
}
inline unsigned char* room_of(std::span<std::byte> span) {
  return static_cast<unsigned char*>(static_cast<void*>(span.data()));
}

}  // namespace aisle::seal
