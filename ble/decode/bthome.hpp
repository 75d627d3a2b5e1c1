// The measurements of a BTHome v2 object list, one after another, without allocation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

namespace aisle::decode {

// mantissa / 10^places, exactly as the sensor meant it.
struct Decimal {
  std::int64_t mantissa = 0;
  std::uint8_t places = 0;
  [[nodiscard]] double value() const;
};
struct BtHomeEvent {
  std::string_view name;  // "press", ...; "none", or "unknown" for an event of a later version
};
struct BtHomeText {
  std::span<const std::byte> bytes;  // as sent: meant to be UTF-8, not checked
};
struct BtHomeRaw {
  std::span<const std::byte> bytes;
};
struct BtHomeVersion {
  std::span<const std::byte> parts;  // least significant (last) part first
};

struct BtHomeMeasurement {
  std::uint8_t object_id = 0;
  std::string_view name;  // the property of bthome.io in lower snake case
  std::string_view unit;  // as bthome.io writes it, UTF-8; empty: none
  std::variant<Decimal, bool, BtHomeEvent, BtHomeText, BtHomeRaw, BtHomeVersion> value;
};

// Walks an object list; views point into it.
class BtHomeObjects {
 public:
  explicit BtHomeObjects(std::span<const std::byte> objects) : rest_(objects) {}
  // Fills `out` with the next measurement. False at the end, at an unknown object or at a truncated one.
  bool next(BtHomeMeasurement& out);

 private:
  std::span<const std::byte> rest_;
};

struct BtHomeCheck {
  std::span<const std::byte> sound;  // the whole objects before the end, an unknown or a truncated one
  bool truncated = false;            // the object after them is known and longer than what is left
};
[[nodiscard]] BtHomeCheck check_bthome_objects(std::span<const std::byte> objects);

}  // namespace aisle::decode
