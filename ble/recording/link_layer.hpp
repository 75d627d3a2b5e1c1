// Advertisements off the air, as sniffers write them: link types 251, 256 and 272. Pure.
#pragma once

#include <vector>

#include "ble/recording/link.hpp"

namespace aisle::recording {

// Appends the packet's advertisement if it is a legacy advertising PDU that carries one (ADV_IND, ADV_DIRECT_IND,
// ADV_NONCONN_IND, SCAN_RSP, ADV_SCAN_IND); other PDUs, and those whose CRC the sniffer found wrong, add nothing.
// Error: malformed.
Status decode_sniffed(const Packet& packet, std::vector<AdvReport>& out);

}  // namespace aisle::recording
