#include "tests/bluez/guest/management.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>

#include "agent/base/fd.hpp"
#include "ble/hci/protocol.hpp"

namespace aisle::rig {
namespace {

// Linux include/net/bluetooth/mgmt.h
constexpr std::uint16_t kNoDevice = 0xFFFF;
constexpr std::uint16_t kControl = 3;  // HCI_CHANNEL_CONTROL
constexpr std::uint8_t kSetLe = 0x0D;
constexpr std::uint8_t kCommandComplete = 0x01;
constexpr std::uint8_t kCommandStatus = 0x02;
constexpr int kPatienceMs = 2000;

Fd open_control() {
  Fd fd(::socket(hci::kAfBluetooth, SOCK_RAW | SOCK_CLOEXEC, hci::kProtoHci));
  hci::SocketAddress address;
  address.device = kNoDevice;
  address.channel = kControl;
  // The one cast that the socket API asks for.
  if (::bind(fd.get(), static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof address) != 0)
    fd.reset();
  return fd;
}

}  // namespace

int set_low_energy(std::uint16_t index, bool on) {
  const Fd fd = open_control();
  const auto low = static_cast<std::uint8_t>(index);
  const auto high = static_cast<std::uint8_t>(index >> 8U);
  const std::array<std::uint8_t, 7> command = {kSetLe, 0, low, high, 1, 0, on ? std::uint8_t{1} : std::uint8_t{0}};
  if (!fd || ::write(fd.get(), command.data(), command.size()) < 0) return -1;
  for (pollfd waiting{fd.get(), POLLIN, 0}; ::poll(&waiting, 1, kPatienceMs) == 1;) {
    // event[2], index[2], length[2], opcode[2], status
    std::array<std::uint8_t, 512> event{};
    if (::read(fd.get(), event.data(), event.size()) < 9) continue;
    const bool answer = event[0] == kCommandComplete || event[0] == kCommandStatus;
    if (answer && event[6] == kSetLe && event[7] == 0) return event[8];
  }
  return -1;
}

}  // namespace aisle::rig
