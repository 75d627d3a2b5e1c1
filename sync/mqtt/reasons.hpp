// What MQTT's and libmosquitto's numbers mean to a person.
#pragma once

#include <string>

#include "sync/core/transport.hpp"

namespace aisle::sync {

// CONNACK: reason codes of MQTT 5, return codes 1 to 5 of 3.1.1.
[[nodiscard]] Disconnected connack_refused(int code);
// DISCONNECT sent by the broker (MQTT 5), 0x80 and above.
[[nodiscard]] Disconnected disconnected_by_broker(int code);
// A failed TCP connect.
[[nodiscard]] Disconnected tcp_failed(int error_number, const std::string& where);
// The reason of a publish that the library itself refused (a MOSQ_ERR code), as an MQTT 5 PUBACK would say it;
// 0 when it is the connection's fault.
[[nodiscard]] int publish_refused(int mosq_error);

}  // namespace aisle::sync
