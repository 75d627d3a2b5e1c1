#include "tests/bluez/measure/kernel_scan.hpp"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "agent/base/fd.hpp"
#include "agent/base/hex.hpp"
#include "ble/hci/protocol.hpp"

namespace aisle::radio {
namespace {

constexpr unsigned long kDeviceUp = _IOW('H', 201, int);  // HCIDEVUP, include/net/bluetooth/hci_sock.h

bool command(int fd, std::string_view packet) {
  const auto bytes = *from_hex(packet);
  return ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
}

}  // namespace

Status scan_without_listener(std::uint16_t index) {
  const Fd socket(::socket(hci::kAfBluetooth, SOCK_RAW | SOCK_CLOEXEC, hci::kProtoHci));
  if (!socket) return fail("HCI socket: {}", std::strerror(errno));
  if (::ioctl(socket.get(), kDeviceUp, int{index}) != 0 && errno != EALREADY)
    return fail("switching hci{} on: {}", index, std::strerror(errno));
  hci::SocketAddress address;
  address.device = index;
  // The one cast that the socket API asks for.
  if (::bind(socket.get(), static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof address) != 0)
    return fail("binding to hci{}: {}", index, std::strerror(errno));
  // LE Set Scan Parameters (active, interval, window, own address, policy) and LE Set Scan Enable.
  if (!command(socket.get(), "010b200701120012000000") || !command(socket.get(), "010c20020100"))
    return fail("scanning: {}", std::strerror(errno));
  return {};
}

}  // namespace aisle::radio
