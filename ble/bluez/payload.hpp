// Advertising data rebuilt from what BlueZ tells about a device. Pure.
#pragma once

#include "ble/bluez/value.hpp"

namespace aisle::bluez {

// Whole AD structures (length, type, data), never cut; what does not fit one, or is no UUID, is left out.

// Complete lists of service UUIDs: 128-bit (0x07), 16-bit (0x03) and 32-bit (0x05), in the order given.
[[nodiscard]] Bytes encode_uuids(const Texts& uuids);
// Service data by UUID: 0x16, 0x20 or 0x21.
[[nodiscard]] Bytes encode_services(const ServiceData& services);
// Manufacturer data by company id: 0xff.
[[nodiscard]] Bytes encode_manufacturers(const CompanyData& manufacturers);

// Appends the leading structures of `structures` that keep `out` within `limit` bytes.
void append_structures(Bytes& out, ByteSpan structures, std::size_t limit);

}  // namespace aisle::bluez
