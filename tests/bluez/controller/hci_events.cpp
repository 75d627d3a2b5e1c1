#include "tests/bluez/controller/hci_events.hpp"

#include <algorithm>
#include <array>

namespace aisle::rig {
namespace {

constexpr std::uint8_t kCommandComplete = 0x0E;
constexpr std::uint8_t kCommandStatus = 0x0F;
constexpr std::uint8_t kHardwareError = 0x10;
constexpr std::uint8_t kLeMeta = 0x3E;
constexpr std::uint8_t kOneCommandAllowed = 1;
constexpr std::size_t kMaxParameters = 255;
constexpr std::size_t kMaxFragment = 229;  // 255 less subevent, count and the 24 bytes before the data

// Event types of a legacy report.
constexpr std::uint8_t kScanResponseType = 4;
// Extended event type: connectable 01, scannable 02, scan response 08, legacy PDU 10, data status in bits 5 and 6.
constexpr unsigned kMoreToCome = 0x20;
constexpr unsigned kTruncated = 0x40;

void put8(Bytes& out, unsigned value) {
  out.push_back(static_cast<std::byte>(value & 0xFFU));
}

void put16(Bytes& out, unsigned value) {
  put8(out, value);
  put8(out, value >> 8U);
}

void put(Bytes& out, ByteSpan bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// On the wire least significant byte first.
void put_address(Bytes& out, const Address& address) {
  for (auto it = address.bytes.rbegin(); it != address.bytes.rend(); ++it) put8(out, *it);
}

unsigned rssi_byte(Dbm rssi) {
  return static_cast<std::uint8_t>(rssi.value);
}

unsigned legacy_type(const Report& report) {
  if (report.scan_response) return kScanResponseType;
  switch (report.kind) {
    case PduKind::ind:
      return 0;
    case PduKind::scan:
      return 2;
    case PduKind::nonconn:
    case PduKind::extended_nonconn:
      break;
  }
  return 3;
}

unsigned extended_type(const Report& report) {
  if (report.kind == PduKind::ind) return report.scan_response ? 0x1BU : 0x13U;
  if (report.kind == PduKind::scan) return report.scan_response ? 0x1AU : 0x12U;
  return report.kind == PduKind::nonconn ? 0x10U : 0x00U;
}

Bytes extended_fragment(const Report& report, unsigned type, ByteSpan data) {
  const bool extended_pdu = report.kind == PduKind::extended_nonconn;
  Bytes out;
  out.reserve(24 + data.size());
  put16(out, type);
  put8(out, report.address.random ? 1 : 0);
  put_address(out, report.address);
  put8(out, 1);                        // primary PHY 1M
  put8(out, extended_pdu ? 2 : 0);     // secondary PHY 2M, or none
  put8(out, extended_pdu ? 1 : 0xFF);  // advertising SID, or none
  put8(out, 127);                      // TX power unknown
  put8(out, rssi_byte(report.rssi));
  put16(out, 0);               // no periodic advertising
  out.resize(out.size() + 7);  // no direct address
  put8(out, static_cast<unsigned>(data.size()));
  put(out, data);
  return out;
}

}  // namespace

Bytes event_packet(std::uint8_t code, ByteSpan parameters) {
  const ByteSpan kept = parameters.first(std::min(parameters.size(), kMaxParameters));
  Bytes out;
  out.reserve(3 + kept.size());
  out.push_back(kEventPacket);
  put8(out, code);
  put8(out, static_cast<unsigned>(kept.size()));
  put(out, kept);
  return out;
}

Bytes command_complete(std::uint16_t opcode, ByteSpan return_parameters) {
  Bytes parameters;
  put8(parameters, kOneCommandAllowed);
  put16(parameters, opcode);
  put(parameters, return_parameters);
  return event_packet(kCommandComplete, parameters);
}

Bytes command_status(std::uint16_t opcode, std::uint8_t status) {
  Bytes parameters;
  put8(parameters, status);
  put8(parameters, kOneCommandAllowed);
  put16(parameters, opcode);
  return event_packet(kCommandStatus, parameters);
}

Bytes hardware_error_event(std::uint8_t code) {
  const std::array parameters{static_cast<std::byte>(code)};
  return event_packet(kHardwareError, parameters);
}

Bytes encode_legacy_report(const Report& report) {
  Bytes out;
  out.reserve(10 + report.data.size());
  put8(out, legacy_type(report));
  put8(out, report.address.random ? 1 : 0);
  put_address(out, report.address);
  put8(out, static_cast<unsigned>(report.data.size()));
  put(out, report.data);
  put8(out, rssi_byte(report.rssi));
  return out;
}

std::vector<Bytes> encode_extended_report(const Report& report) {
  std::vector<Bytes> out;
  ByteSpan rest = report.data;
  do {
    const ByteSpan data = rest.first(std::min(rest.size(), kMaxFragment));
    rest = rest.subspan(data.size());
    unsigned type = extended_type(report);
    if (!rest.empty()) {
      type |= kMoreToCome;
    } else if (report.truncated) {
      type |= kTruncated;
    }
    out.push_back(extended_fragment(report, type, data));
  } while (!rest.empty());
  return out;
}

bool ReportEvent::add(ByteSpan encoded) {
  if (full() || 2 + reports_.size() + encoded.size() > kMaxParameters) return false;
  put(reports_, encoded);
  ++count_;
  return true;
}

Bytes ReportEvent::take() {
  Bytes out;
  out.reserve(5 + reports_.size());
  out.push_back(kEventPacket);
  put8(out, kLeMeta);
  put8(out, static_cast<unsigned>(2 + reports_.size()));
  put8(out, static_cast<unsigned>(subevent_));
  put8(out, static_cast<unsigned>(count_));
  put(out, reports_);
  clear();
  return out;
}

void ReportEvent::clear() {
  reports_.clear();
  count_ = 0;
}

}  // namespace aisle::rig
