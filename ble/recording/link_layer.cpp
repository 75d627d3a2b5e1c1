#include "ble/recording/link_layer.hpp"

#include <algorithm>

#include "ble/hci_reports/byte_cursor.hpp"

namespace aisle::recording {
namespace {

constexpr std::uint32_t kAdvertisingAccessAddress = 0x8E89BED6;
constexpr unsigned kTxAddRandomBit = 0x40;
constexpr std::size_t kAddressLength = 6;
constexpr std::size_t kMaxAdvPdu = 37;

// Flags of BLUETOOTH_LE_LL_WITH_PHDR.
constexpr unsigned kSignalValid = 0x0002;
constexpr unsigned kCrcChecked = 0x0400;
constexpr unsigned kCrcValid = 0x0800;

struct Radio {
  Dbm rssi;
  bool crc_bad = false;
};

// channel | signal power | noise | offenses | access address[4] | flags[2], little-endian
Radio read_phdr(ByteCursor& cursor) {
  cursor.skip(1);
  const std::int8_t signal = cursor.i8();
  cursor.skip(2 + 4);
  const unsigned flags = cursor.u16(ByteOrder::little);
  Radio radio;
  if ((flags & kSignalValid) != 0) radio.rssi = Dbm{signal};
  radio.crc_bad = (flags & kCrcChecked) != 0 && (flags & kCrcValid) == 0;
  return radio;
}

// board | payload length[2] | version | counter[2] | packet type | header length (10) | flags | channel | -rssi |
// event counter[2] | time[4]; flags bit 0: CRC right
Radio read_nordic(ByteCursor& cursor) {
  cursor.skip(8);
  const unsigned flags = cursor.u8();
  cursor.skip(1);
  const int weakness = cursor.u8();
  cursor.skip(2 + 4);
  Radio radio;
  if (weakness <= 127) radio.rssi = Dbm{static_cast<std::int8_t>(-weakness)};
  radio.crc_bad = (flags & 1U) == 0;
  return radio;
}

bool carries_data(unsigned pdu_type) {
  return pdu_type == 0 || pdu_type == 2 || pdu_type == 4 || pdu_type == 6;
}

}  // namespace

Status decode_sniffed(const Packet& packet, std::vector<AdvReport>& out) {
  ByteCursor cursor(packet.data);
  Radio radio;
  if (packet.link == LinkType::le_ll_phdr) radio = read_phdr(cursor);
  if (packet.link == LinkType::nordic) radio = read_nordic(cursor);
  const std::uint32_t access_address = cursor.u32(ByteOrder::little);
  if (!cursor.ok()) return fail("a sniffed packet shorter than its header");
  if (radio.crc_bad || access_address != kAdvertisingAccessAddress) return {};
  const unsigned header = cursor.u8();
  const std::size_t length = cursor.u8();
  const unsigned pdu_type = header & 0x0FU;
  constexpr unsigned kDirected = 1;
  if (cursor.ok() && !carries_data(pdu_type) && pdu_type != kDirected) return {};
  const ByteSpan body = cursor.take(length);
  if (!cursor.ok() || length < kAddressLength || length > kMaxAdvPdu)
    return fail("an advertising PDU of {} bytes, of which {} are there", length, cursor.remaining());
  AdvReport report;
  const ByteSpan wire = body.first(kAddressLength);
  std::transform(wire.rbegin(), wire.rend(), report.address.bytes.begin(),
                 [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
  report.address.random = (header & kTxAddRandomBit) != 0;
  report.rssi = radio.rssi;
  if (carries_data(pdu_type)) report.payload = Payload(body.subspan(kAddressLength));
  out.push_back(std::move(report));
  return {};
}

}  // namespace aisle::recording
