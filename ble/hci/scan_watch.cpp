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

bool sets_parameters(std::uint16_t opcode) {
  return opcode == kLeSetScanParameters || opcode == kLeSetExtScanParameters;
}

bool enables(std::uint16_t opcode) {
  return opcode == kLeSetScanEnable || opcode == kLeSetExtScanEnable;
}

}  // namespace

bool ScanWatch::see(ByteSpan packet, SteadyTime now) {
  if (octet(packet, 0) == kCommandPacket) {
    see_command(opcode(packet, kCommandOpcodeAt), octet(packet, kParametersAt) != 0, now);
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

void ScanWatch::see_command(std::uint16_t opcode, bool enable, SteadyTime now) {
  if (!enables(opcode) && !sets_parameters(opcode)) return;
  if (enables(opcode)) enabling_ = enable;
  if (asked_ == SteadyTime{}) asked_ = now;
}

void ScanWatch::see_answer(std::uint16_t opcode, std::uint8_t status, SteadyTime now) {
  asked_ = {};
  if (opcode == kReset && status == 0) return set(Scan::off, 0, now);
  const bool scan = enables(opcode) || sets_parameters(opcode);
  if (scan && status != 0) return set(Scan::refused, status, now);
  if (enables(opcode)) set(enabling_ ? Scan::on : Scan::off, 0, now);
}

ScanWatch::Scan ScanWatch::scan(SteadyTime now) const {
  return asked_ != SteadyTime{} && now - asked_ >= kAnswer ? Scan::unanswered : scan_;
}

void ScanWatch::set(Scan scan, std::uint8_t status, SteadyTime now) {
  scan_ = scan;
  status_ = status;
  since_ = now;
}

}  // namespace aisle::hci
