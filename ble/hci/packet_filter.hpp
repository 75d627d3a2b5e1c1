// The kernel's own sieve in front of a packet socket.
#pragma once

#include "agent/base/result.hpp"

namespace aisle::hci {

// From now on `fd` receives LE advertising reports only (HCI events 0x3E with subevent 0x02, 0x0B or 0x0D), and what
// ScanWatch wants to know: the commands that set the scan or reset the controller, and its answers to them.
// Connections, periodic advertising and everything else never wake its reader. For any socket whose packets begin with
// the packet kind.
Status attach_report_filter(int fd);

}  // namespace aisle::hci
