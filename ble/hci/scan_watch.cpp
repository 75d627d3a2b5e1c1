#include "ble/hci/scan_watch.hpp"

#include "ble/hci/protocol.hpp"

namespace aisle::hci {
namespace {

constexpr std::size_t kParametersAt = 4;  // of a command: kind, opcode, length

std::uint8_t octet(ByteSpan packet, std::size_t at) {
  return at < packet.size() ? std::to_integer<std::uint8_t>(packet[at]) : std::uint8_t{0};
}

std::uint16_t opcode(ByteSpan packet, std::size_t at) {
  return static_cast<std::uint16_t>(octet(packet, at) | octet(packet, at + 1) << 8U);
}

bool enables(std::uint16_t opcode) {
  return opcode == kLeSetScanEnable || opcode == kLeSetExtScanEnable;
}

}  // namespace

bool ScanWatch::see(ByteSpan packet, SteadyTime now) {
  if (octet(packet, 0) == kCommandPacket) {
    if (enables(opcode(packet, kCommandOpcodeAt))) enabling_ = octet(packet, kParametersAt) != 0;
    return true;
  }
  if (octet(packet, 0) != kEventPacket) return false;
  switch (octet(packet, 1)) {
    case kCommandComplete:
      see_answer(opcode(packet, kCompleteOpcodeAt), octet(packet, kCompleteOpcodeAt + 2), now);
      return true;
    case kCommandStatus:
      see_answer(opcode(packet, kStatusOpcodeAt), octet(packet, kStatusOpcodeAt - 2), now);
      return true;
    default:
      return false;
  }
}

void ScanWatch::see_answer(std::uint16_t opcode, std::uint8_t status, SteadyTime now) {
  if (opcode == kReset && status == 0) return set(Scan::off, 0, now);
  const bool parameters = opcode == kLeSetScanParameters || opcode == kLeSetExtScanParameters;
  if (parameters && status != 0) return set(Scan::refused, status, now);
  if (!enables(opcode)) return;
  // A scan that could not be ended goes on.
  if (status == 0) return set(enabling_ ? Scan::on : Scan::off, 0, now);
  if (enabling_) set(Scan::refused, status, now);
}

void ScanWatch::set(Scan scan, std::uint8_t status, SteadyTime now) {
  scan_ = scan;
  status_ = status;
  since_ = now;
}

}  // namespace aisle::hci
