#include "ble/hci/packet_filter.hpp"

#include <linux/filter.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "ble/hci/protocol.hpp"

namespace aisle::hci {
namespace {

constexpr std::uint32_t kKindAt = 0;
constexpr std::uint32_t kCodeAt = 1;
constexpr std::uint32_t kSubeventAt = 3;
constexpr std::uint32_t kWhole = 0xFFFFFFFF;

constexpr sock_filter load_byte(std::uint32_t at) {
  return {BPF_LD | BPF_B | BPF_ABS, 0, 0, at};
}
// An opcode, its less significant byte first, as a number whose more significant one it is.
constexpr sock_filter load_opcode(std::uint32_t at) {
  return {BPF_LD | BPF_H | BPF_ABS, 0, 0, at};
}
constexpr std::uint32_t swapped(std::uint16_t opcode) {
  return (opcode & 0xFFU) << 8U | opcode >> 8U;
}
constexpr sock_filter give(std::uint32_t bytes) {
  return {BPF_RET | BPF_K, 0, 0, bytes};
}

// Places in the program.
constexpr std::uint32_t kComplete = 8, kStatus = 11, kCommand = 14, kOpcode = 16, kPass = 21, kDrop = 22;

// At place `at`: goes on at `so` or `otherwise`.
constexpr sock_filter if_equal(std::uint32_t at, std::uint32_t value, std::uint32_t so, std::uint32_t otherwise) {
  return {BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint8_t>(so - at - 1),
          static_cast<std::uint8_t>(otherwise - at - 1), value};
}
constexpr sock_filter go_on(std::uint32_t at, std::uint32_t where) {
  return {BPF_JMP | BPF_JA, 0, 0, where - at - 1};
}

// A load beyond the packet's end drops it.
constexpr std::array kProgram = {
    load_byte(kKindAt),                                         //
    if_equal(1, kEventPacket, 2, kCommand),                     //
    load_byte(kCodeAt),                                         //
    if_equal(3, kLeMetaEvent, 4, kComplete),                    //
    load_byte(kSubeventAt),                                     //
    if_equal(5, 0x02, kPass, 6),                                // advertising report
    if_equal(6, 0x0B, kPass, 7),                                // directed advertising report
    if_equal(7, 0x0D, kPass, kDrop),                            // extended advertising report
    if_equal(kComplete, kCommandComplete, 9, kStatus),          //
    load_opcode(kCompleteOpcodeAt),                             //
    go_on(10, kOpcode),                                         //
    if_equal(kStatus, kCommandStatus, 12, kDrop),               //
    load_opcode(kStatusOpcodeAt),                               //
    go_on(13, kOpcode),                                         //
    if_equal(kCommand, kCommandPacket, 15, kDrop),              //
    load_opcode(kCommandOpcodeAt),                              //
    if_equal(16, swapped(kLeSetScanParameters), kPass, 17),     //
    if_equal(17, swapped(kLeSetScanEnable), kPass, 18),         //
    if_equal(18, swapped(kLeSetExtScanParameters), kPass, 19),  //
    if_equal(19, swapped(kLeSetExtScanEnable), kPass, 20),      //
    if_equal(20, swapped(kReset), kPass, kDrop),                //
    give(kWhole),                                               //
    give(0),
};
static_assert(kProgram.size() == kDrop + 1);

}  // namespace

Status attach_report_filter(int fd) {
  auto program = kProgram;
  const sock_fprog filter = {static_cast<unsigned short>(program.size()), program.data()};
  if (::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) != 0) {
    return fail("SO_ATTACH_FILTER: {}", std::strerror(errno));
  }
  return {};
}

}  // namespace aisle::hci
