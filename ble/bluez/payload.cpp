#include "ble/bluez/payload.hpp"

#include <algorithm>
#include <array>

namespace aisle::bluez {
namespace {

// AD types: Bluetooth Assigned Numbers, 2.3.
constexpr std::byte kUuids16{0x03};
constexpr std::byte kUuids32{0x05};
constexpr std::byte kUuids128{0x07};
constexpr std::byte kServiceData16{0x16};
constexpr std::byte kServiceData32{0x20};
constexpr std::byte kServiceData128{0x21};
constexpr std::byte kManufacturerData{0xff};

constexpr std::size_t kMaxContent = 254;  // the length byte counts the type byte too

// xxxxxxxx-0000-1000-8000-00805f9b34fb: the form of 16- and 32-bit UUIDs (Core Vol 3 Part B 2.5.1), without its first 4
// bytes.
constexpr std::array<std::uint8_t, 12> kBaseTail = {0x00, 0x00, 0x10, 0x00, 0x80, 0x00,
                                                    0x00, 0x80, 0x5f, 0x9b, 0x34, 0xfb};

// A UUID in on-air order, as short as it can be said: 2, 4 or 16 bytes. Empty: not a UUID.
Bytes on_air_uuid(std::string_view text) {
  const auto uuid = parse_uuid(text);
  if (!uuid) return {};
  Bytes out(uuid->rbegin(), uuid->rend());
  const bool based = std::equal(kBaseTail.rbegin(), kBaseTail.rend(), out.begin(),
                                [](std::uint8_t a, std::byte b) { return std::byte{a} == b; });
  if (!based) return out;
  out.erase(out.begin(), out.begin() + 12);
  if (out[2] == std::byte{0} && out[3] == std::byte{0}) out.resize(2);
  return out;
}

void append(Bytes& out, ByteSpan more) {
  out.insert(out.end(), more.begin(), more.end());
}

void append_structure(Bytes& out, std::byte type, ByteSpan head, ByteSpan data) {
  if (head.size() + data.size() > kMaxContent) return;
  out.reserve(out.size() + 2 + head.size() + data.size());
  out.push_back(static_cast<std::byte>(1 + head.size() + data.size()));
  out.push_back(type);
  append(out, head);
  append(out, data);
}

// One list of equally long UUIDs as as many structures as it takes.
void append_list(Bytes& out, std::byte type, ByteSpan uuids, std::size_t width) {
  const std::size_t most = kMaxContent / width * width;
  while (!uuids.empty()) {
    const std::size_t size = std::min(most, uuids.size());
    append_structure(out, type, uuids.first(size), {});
    uuids = uuids.subspan(size);
  }
}

}  // namespace

Bytes encode_uuids(const Texts& uuids) {
  Bytes short16;
  Bytes short32;
  Bytes full;
  for (const auto text : uuids) {
    const Bytes uuid = on_air_uuid(text);
    append(uuid.size() == 2 ? short16 : uuid.size() == 4 ? short32 : full, uuid);
  }
  Bytes out;
  append_list(out, kUuids128, full, 16);
  append_list(out, kUuids16, short16, 2);
  append_list(out, kUuids32, short32, 4);
  return out;
}

Bytes encode_services(const ServiceData& services) {
  Bytes out;
  for (const auto& entry : services) {
    const Bytes uuid = on_air_uuid(entry.first);
    if (uuid.empty()) continue;
    const std::byte type = uuid.size() == 2 ? kServiceData16 : uuid.size() == 4 ? kServiceData32 : kServiceData128;
    append_structure(out, type, uuid, entry.second);
  }
  return out;
}

Bytes encode_manufacturers(const CompanyData& manufacturers) {
  Bytes out;
  for (const auto& entry : manufacturers) {
    const std::array company = {static_cast<std::byte>(entry.first & 0xffU), static_cast<std::byte>(entry.first >> 8U)};
    append_structure(out, kManufacturerData, company, entry.second);
  }
  return out;
}

void append_structures(Bytes& out, ByteSpan structures, std::size_t limit) {
  while (!structures.empty()) {
    const std::size_t size = 1 + std::to_integer<std::size_t>(structures[0]);
    if (size > structures.size() || out.size() + size > limit) return;
    append(out, structures.first(size));
    structures = structures.subspan(size);
  }
}

}  // namespace aisle::bluez
