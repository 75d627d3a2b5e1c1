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
constexpr std::uint32_t kNothing = 0;

constexpr sock_filter load_byte(std::uint32_t at) {
  return {BPF_LD | BPF_B | BPF_ABS, 0, 0, at};
}
// Skips that many instructions after this one.
constexpr sock_filter if_equal(std::uint32_t value, std::uint8_t skip, std::uint8_t skip_else) {
  return {BPF_JMP | BPF_JEQ | BPF_K, skip, skip_else, value};
}
constexpr sock_filter give(std::uint32_t bytes) {
  return {BPF_RET | BPF_K, 0, 0, bytes};
}

// A load beyond the packet's end drops it.
constexpr std::array kProgram = {
    load_byte(kKindAt),            //
    if_equal(kEventPacket, 0, 7),  // else nothing
    load_byte(kCodeAt),            //
    if_equal(kLeMetaEvent, 0, 5),  //
    load_byte(kSubeventAt),        //
    if_equal(0x02, 2, 0),          // advertising report
    if_equal(0x0B, 1, 0),          // directed advertising report
    if_equal(0x0D, 0, 1),          // extended advertising report
    give(kWhole),                  //
    give(kNothing),
};

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
