#include "ble/decode/decode.hpp"

#include <type_traits>
#include <utility>

#include "ble/decode/ad_reader.hpp"
#include "ble/decode/byte_reader.hpp"
#include "ble/decode/decoder.hpp"

namespace aisle::decode {
namespace {

struct Registration {
  std::uint8_t ad_type;
  std::uint32_t key;
  Decoder* decoder;
};
constexpr std::uint32_t kAnyKey = 0x10000;  // no 16-bit key equals it
constexpr const char* kServiceDataTruncated = "service_data_truncated";

// Tried from the top until one takes the section.
constexpr std::array kRegistry = {
    Registration{kAdManufacturer, kCompanyApple, decode_ibeacon},
    Registration{kAdManufacturer, kCompanyApple, decode_apple_overflow},
    Registration{kAdManufacturer, kAnyKey, decode_altbeacon},
    Registration{kAdServiceData16, kServiceEddystone, decode_eddystone_uid},
    Registration{kAdServiceData16, kServiceEddystone, decode_eddystone_url},
    Registration{kAdServiceData16, kServiceEddystone, decode_eddystone_tlm},
    Registration{kAdServiceData16, kServiceEddystone, decode_eddystone_eid},
    Registration{kAdServiceData16, kServiceBtHome, decode_bthome},
    Registration{kAdUuid128Incomplete, kAnyKey, decode_aisle_token},
    Registration{kAdUuid128Complete, kAnyKey, decode_aisle_token},
};

// The registry is constant, so this unrolls to the lines of one AD type, called directly.
template <std::uint8_t kType, std::size_t... kLines>
void run(const Section& section, Sink& sink, std::index_sequence<kLines...> /*lines*/) {
  const auto takes = [&](const Registration& line) {
    return line.ad_type == kType && (line.key == kAnyKey || line.key == section.key) && line.decoder(section, sink);
  };
  static_cast<void>((takes(kRegistry[kLines]) || ...));
}

template <std::uint8_t kType>
void run(const Section& section, Sink& sink) {
  run<kType>(section, sink, std::make_index_sequence<kRegistry.size()>());
}

// For AD types whose data begins with a little-endian 16-bit key.
template <std::uint8_t kType>
void run_keyed(std::span<const std::byte> data, Sink& sink, const char* too_short) {
  ByteReader reader(data);
  const std::uint16_t key = reader.u16_le();
  if (!reader.ok()) return sink.reject(too_short);
  run<kType>({key, reader.rest()}, sink);
}

// Of types without a decoder, what a data length tells.
void check_length(const AdStructure& ad, Sink& sink) {
  const std::size_t size = ad.data.size();
  switch (ad.type) {
    case kAdUuid16Incomplete:
    case kAdUuid16Complete:
      if (size % 2 != 0) sink.reject("uuid16_length");
      break;
    case kAdUuid32Incomplete:
    case kAdUuid32Complete:
      if (size % 4 != 0) sink.reject("uuid32_length");
      break;
    case kAdServiceData32:
      if (size < 4) sink.reject(kServiceDataTruncated);
      break;
    case kAdServiceData128:
      if (size < 16) sink.reject(kServiceDataTruncated);
      break;
    default:
      break;
  }
}

}  // namespace

void decode(std::span<const std::byte> payload, Decoded& out) {
  out.count = 0;
  out.malformed = false;
  Sink sink(out);
  AdReader reader(payload);
  AdStructure ad;
  while (!sink.rejected() && reader.next(ad)) {
    sink.set_offset(ad.offset);
    switch (ad.type) {
      case kAdManufacturer:
        run_keyed<kAdManufacturer>(ad.data, sink, "manufacturer_truncated");
        break;
      case kAdServiceData16:
        run_keyed<kAdServiceData16>(ad.data, sink, kServiceDataTruncated);
        break;
      case kAdUuid128Incomplete:
        run<kAdUuid128Incomplete>({0, ad.data}, sink);
        break;
      case kAdUuid128Complete:
        run<kAdUuid128Complete>({0, ad.data}, sink);
        break;
      default:
        check_length(ad, sink);
    }
  }
  if (reader.overrun()) {
    sink.set_offset(reader.offset());
    sink.reject("ad_overrun");
  }
}

BeaconKind kind_of(const Beacon& beacon) {
  static_assert(std::variant_size_v<Beacon> == kBeaconKinds + 1);
  static_assert(std::is_same_v<std::variant_alternative_t<1, Beacon>, IBeacon>);
  static_assert(std::is_same_v<std::variant_alternative_t<9, Beacon>, BtHome>);
  return static_cast<BeaconKind>(beacon.index() - 1);
}

}  // namespace aisle::decode
