#include "agent/records/static_id.hpp"

namespace aisle::records {
namespace {

void read_uuid(Fields& fields, std::string_view key, Key128& out) {
  std::string text;
  if (!fields.text(key, text, Need::required)) return;
  const auto uuid = parse_uuid(text);
  if (uuid) {
    out = *uuid;
  } else {
    fields.fail_at(key, fmt::format("a UUID with hyphens expected, not {}", describe(text)));
  }
}

template <std::size_t N>
void read_hex(Fields& fields, std::string_view key, std::array<std::byte, N>& out) {
  std::string text;
  if (!fields.text(key, text, Need::required)) return;
  const auto bytes = from_hex_fixed<N>(text);
  if (bytes) {
    out = *bytes;
  } else {
    fields.fail_at(key, fmt::format("{} hex digits expected, not {}", 2 * N, describe(text)));
  }
}

constexpr Words<std::size_t, 3> kBeaconKinds = {{{"ibeacon", 0}, {"altbeacon", 1}, {"eddystone_uid", 2}}};

}  // namespace

void read_static_id(Fields& fields, StaticId& out) {
  std::size_t kind = 0;
  if (!fields.choice("kind", kind, kBeaconKinds, Need::required)) return;
  if (kind == 0) {
    IBeaconId id;
    read_uuid(fields, "uuid", id.uuid);
    fields.integer("major", id.major, 0, 65535, Need::required);
    fields.integer("minor", id.minor, 0, 65535, Need::required);
    out = id;
  } else if (kind == 1) {
    AltBeaconId id;
    read_uuid(fields, "id1", id.id1);
    fields.integer("id2", id.id2, 0, 65535, Need::required);
    fields.integer("id3", id.id3, 0, 65535, Need::required);
    out = id;
  } else {
    EddystoneUid id;
    read_hex(fields, "namespace", id.name_space);
    read_hex(fields, "instance", id.instance);
    out = id;
  }
}

}  // namespace aisle::records
