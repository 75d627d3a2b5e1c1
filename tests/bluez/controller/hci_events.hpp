// HCI packets from controller to host (Core 5.4, Vol 4 Part E 7.7), each with its H4 indicator. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/bluez/controller/advertisement.hpp"

namespace aisle::rig {

inline constexpr std::byte kCommandPacket{0x01};
inline constexpr std::byte kEventPacket{0x04};
inline constexpr std::byte kVendorPacket{0xFF};

enum class LeSubevent : std::uint8_t { legacy_report = 0x02, extended_report = 0x0D };

// Parameters longer than 255 bytes are cut.
[[nodiscard]] Bytes event_packet(std::uint8_t code, ByteSpan parameters);
[[nodiscard]] Bytes command_complete(std::uint16_t opcode, ByteSpan return_parameters);
[[nodiscard]] Bytes command_status(std::uint16_t opcode, std::uint8_t status);
[[nodiscard]] Bytes hardware_error_event(std::uint8_t code);

// One advertising report, without the event around it.
struct Report {
  Address address;
  PduKind kind = PduKind::nonconn;
  bool scan_response = false;  // to an advert of `kind`
  bool truncated = false;
  Dbm rssi;
  ByteSpan data;
};

[[nodiscard]] Bytes encode_legacy_report(const Report& report);
// Several when the data do not fit: 229 bytes each, all but the last saying that more is to come.
[[nodiscard]] std::vector<Bytes> encode_extended_report(const Report& report);

// Gathers encoded reports of one kind into LE meta events.
class ReportEvent {
 public:
  ReportEvent(LeSubevent subevent, std::size_t capacity) : subevent_(subevent), capacity_(capacity) {}
  // False: no room; take the packet first.
  bool add(ByteSpan encoded);
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] bool full() const { return count_ >= capacity_; }
  // The event, which is then empty.
  [[nodiscard]] Bytes take();
  void clear();

 private:
  LeSubevent subevent_;
  std::size_t capacity_;
  std::size_t count_ = 0;
  Bytes reports_;
};

}  // namespace aisle::rig
