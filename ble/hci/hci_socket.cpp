#include "ble/hci/hci_socket.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <limits>

#include "ble/hci/packet_filter.hpp"
#include "ble/hci/protocol.hpp"

namespace aisle::hci {
namespace {

constexpr const char* kNoRight = "source hci needs CAP_NET_RAW (AmbientCapabilities=CAP_NET_RAW in the unit)";
constexpr const char* kNoBluetooth =
    "source hci needs the kernel's Bluetooth sockets: there are none without the bluetooth module, in a network "
    "namespace of its own, or where the unit's RestrictAddressFamilies= leaves out AF_BLUETOOTH";

OpenError explain(const char* what, int code) {
  switch (code) {
    case EPERM:
    case EACCES:
      return {OpenFailure::no_right, kNoRight};
    case EAFNOSUPPORT:
    case EPROTONOSUPPORT:
    case ESOCKTNOSUPPORT:
      return {OpenFailure::no_bluetooth, kNoBluetooth};
    case ENODEV:
      return {OpenFailure::no_adapter, "the kernel has no such adapter"};
    default:
      return {OpenFailure::other, fmt::format("source hci: {}: {}", what, std::strerror(code))};
  }
}

tl::unexpected<OpenError> refused(const char* what) {
  return tl::unexpected<OpenError>(explain(what, errno));
}

template <class T>
bool set(int fd, int level, int option, const T& value) {
  return ::setsockopt(fd, level, option, &value, sizeof value) == 0;
}

// The kernel takes the event filter from anybody and silently removes what the caller may not have: without CAP_NET_RAW
// that is the LE Meta event, and such a socket would stay silent for ever. So it is read back.
bool hears_le_events(int fd) {
  EventFilter granted;
  socklen_t size = sizeof granted;
  if (::getsockopt(fd, kSolHci, kHciFilter, &granted, &size) != 0) return false;
  return (granted.events[1] & (1U << (kLeMetaEvent - 32U))) != 0;
}

}  // namespace

tl::expected<Fd, OpenError> open_hci_socket(unsigned index) {
  if (index > std::numeric_limits<std::uint16_t>::max() - 1U) return tl::unexpected(explain("bind", ENODEV));
  Fd fd(::socket(kAfBluetooth, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, kProtoHci));
  if (!fd) return refused("socket");
  // Best effort, capped by the kernel.
  set(fd.get(), SOL_SOCKET, SO_RCVBUF, kReceiveBuffer);
  // Both filters before the bind: no other packet is ever queued.
  if (const auto attached = attach_report_filter(fd.get()); !attached) {
    return tl::unexpected<OpenError>({OpenFailure::other, attached.error().message()});
  }
  const EventFilter wanted = {1U << kCommandPacket | 1U << kEventPacket,
                              {1U << kCommandComplete | 1U << kCommandStatus, 1U << (kLeMetaEvent - 32U)},
                              0,
                              0};
  if (!set(fd.get(), kSolHci, kHciFilter, wanted)) return refused("HCI_FILTER");
  if (!hears_le_events(fd.get())) return tl::unexpected<OpenError>({OpenFailure::no_right, kNoRight});
  if (!set(fd.get(), kSolHci, kHciTimeStamp, 1)) return refused("HCI_TIME_STAMP");
  SocketAddress address;
  address.device = static_cast<std::uint16_t>(index);
  sockaddr generic{};
  std::memcpy(&generic, &address, sizeof address);
  if (::bind(fd.get(), &generic, sizeof address) != 0) return refused("bind");
  return fd;
}

}  // namespace aisle::hci
