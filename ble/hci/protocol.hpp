// The kernel's interface to raw HCI packets, as far as it is needed here. Source of the numbers: Linux
// include/net/bluetooth/hci_sock.h and hci.h, include/linux/socket.h; they are kernel ABI, and <bluetooth/hci.h> would
// bring a dependency for these few lines.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace aisle::hci {

inline constexpr int kAfBluetooth = 31;          // AF_BLUETOOTH
inline constexpr int kProtoHci = 1;              // BTPROTO_HCI
inline constexpr int kSolHci = 0;                // SOL_HCI
inline constexpr int kHciFilter = 2;             // HCI_FILTER
inline constexpr int kHciTimeStamp = 3;          // HCI_TIME_STAMP
inline constexpr int kCmsgTimeStamp = 2;         // HCI_CMSG_TSTAMP
inline constexpr std::uint16_t kChannelRaw = 0;  // HCI_CHANNEL_RAW

// The first byte of every packet tells its kind.
inline constexpr std::uint8_t kCommandPacket = 0x01;  // HCI_COMMAND_PKT: opcode, length, parameters
inline constexpr std::uint8_t kEventPacket = 0x04;    // HCI_EVENT_PKT: code, length, parameters
inline constexpr std::uint8_t kLeMetaEvent = 0x3E;
// Core 5.4, Vol 4 Part E 7.7.14 and .15: what a controller answers to a command.
inline constexpr std::uint8_t kCommandComplete = 0x0E;  // number of packets, opcode, status
inline constexpr std::uint8_t kCommandStatus = 0x0F;    // status, number of packets, opcode
inline constexpr std::size_t kCommandOpcodeAt = 1;
inline constexpr std::size_t kCompleteOpcodeAt = 4;
inline constexpr std::size_t kStatusOpcodeAt = 5;
// The commands that rule a scan.
inline constexpr std::uint16_t kReset = 0x0C03;
inline constexpr std::uint16_t kLeSetScanParameters = 0x200B;
inline constexpr std::uint16_t kLeSetScanEnable = 0x200C;         // enable, filter duplicates
inline constexpr std::uint16_t kLeSetExtScanParameters = 0x2041;  // extended
inline constexpr std::uint16_t kLeSetExtScanEnable = 0x2042;      // enable, filter duplicates, ...
inline constexpr std::size_t kMaxEventPacket = 1 + 2 + 255;       // kind, event code, length, parameters

// struct sockaddr_hci
struct SocketAddress {
  std::uint16_t family = kAfBluetooth;
  std::uint16_t device = 0;
  std::uint16_t channel = kChannelRaw;
};
static_assert(sizeof(SocketAddress) == 6);

// struct hci_ufilter: one bit for each packet kind and each event code (modulo 64).
struct EventFilter {
  std::uint32_t packet_kinds = 0;
  std::array<std::uint32_t, 2> events{};
  std::uint16_t opcode = 0;
  std::uint16_t padding = 0;
};
static_assert(sizeof(EventFilter) == 16);

}  // namespace aisle::hci
