#include "ble/identity/static_ids.hpp"

#include <algorithm>
#include <span>
#include <variant>

namespace aisle::identity {
namespace {

// Layout: kind | 16 bytes | two big-endian numbers; Eddystone-UID: kind | namespace | instance | zeros.
void put(StaticKey& key, std::size_t at, std::span<const std::byte> bytes) {
  std::ranges::transform(bytes, key.bytes.begin() + static_cast<std::ptrdiff_t>(at),
                         [](std::byte b) { return static_cast<char>(b); });
}

StaticKey numbered(char kind, std::span<const std::byte, 16> id, std::uint16_t a, std::uint16_t b) {
  StaticKey key;
  key.bytes[0] = kind;
  put(key, 1, id);
  const std::array numbers = {static_cast<std::byte>(a >> 8U), static_cast<std::byte>(a & 0xFFU),
                              static_cast<std::byte>(b >> 8U), static_cast<std::byte>(b & 0xFFU)};
  put(key, 17, numbers);
  return key;
}

StaticKey eddystone(std::span<const std::byte, 10> name_space, std::span<const std::byte, 6> instance) {
  StaticKey key;
  key.bytes[0] = 'e';
  put(key, 1, name_space);
  put(key, 11, instance);
  return key;
}

}  // namespace

StaticKey static_key(const StaticId& id) {
  if (const auto* i = std::get_if<IBeaconId>(&id)) return numbered('i', i->uuid, i->major, i->minor);
  if (const auto* a = std::get_if<AltBeaconId>(&id)) return numbered('a', a->id1, a->id2, a->id3);
  const auto& e = std::get<EddystoneUid>(id);
  return eddystone(e.name_space, e.instance);
}

std::optional<StaticKey> static_key(const decode::Beacon& beacon) {
  if (const auto* i = std::get_if<decode::IBeacon>(&beacon)) return numbered('i', i->uuid, i->major, i->minor);
  if (const auto* a = std::get_if<decode::AltBeacon>(&beacon)) return numbered('a', a->id1, a->id2, a->id3);
  if (const auto* e = std::get_if<decode::EddystoneUidFrame>(&beacon)) return eddystone(e->name_space, e->instance);
  return std::nullopt;
}

}  // namespace aisle::identity
