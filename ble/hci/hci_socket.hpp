// One adapter's advertising reports as packets from the kernel.
#pragma once

#include <functional>
#include <string>

#include "agent/base/fd.hpp"
#include "agent/base/result.hpp"

namespace aisle::hci {

enum class OpenFailure {
  no_right,      // CAP_NET_RAW is missing
  no_bluetooth,  // no Bluetooth sockets here: kernel, container or sandbox
  no_adapter,    // no adapter of that index; may come
  other,
};

struct OpenError {
  OpenFailure why = OpenFailure::other;
  std::string message;
};

// Opens a socket whose packets are advertising reports of the adapter hci<index>, and those that tell of its scan
// (packet_filter.hpp). The seam for tests and benchmarks:
// everything behind it works with any datagram socket.
using SocketOpener = std::function<tl::expected<Fd, OpenError>(unsigned index)>;

// The real one: never blocks, closed on exec.
tl::expected<Fd, OpenError> open_hci_socket(unsigned index);

// What is asked for as receive buffer. The kernel grants at most net.core.rmem_max (212,992 on Debian) and books about
// 768 bytes an advert, twice the grant in all: some 550 adverts, 0.2 s of a full radio. More needs a higher rmem_max;
// SO_RCVBUFFORCE would need CAP_NET_ADMIN.
inline constexpr int kReceiveBuffer = 4 << 20;

}  // namespace aisle::hci
