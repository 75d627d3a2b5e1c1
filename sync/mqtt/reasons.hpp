// What MQTT's and libmosquitto's numbers mean to a person.
#pragma once

#include <cstdint>
#include <string>

#include "agent/base/time.hpp"
#include "sync/core/transport.hpp"

namespace aisle::sync {

// CONNACK: reason codes of MQTT 5, return codes 1 to 5 of 3.1.1.
[[nodiscard]] Disconnected connack_refused(int code);
// DISCONNECT sent by the broker (MQTT 5), 0x80 and above.
[[nodiscard]] Disconnected disconnected_by_broker(int code);
// A failed TCP connect.
[[nodiscard]] Disconnected tcp_failed(int error_number, const std::string& where);
// A host name without an address.
[[nodiscard]] Disconnected unknown_name(const std::string& host, const std::string& what);
// An attempt that took longer than it may.
[[nodiscard]] Disconnected no_answer(const std::string& host, std::uint16_t port, milliseconds allowed);
// A connection on which nothing comes any more.
[[nodiscard]] Disconnected silent(seconds keepalive);
// The reason of a publish that the library itself refused (a MOSQ_ERR code), as an MQTT 5 PUBACK would say it;
// 0 when it is the connection's fault.
[[nodiscard]] int publish_refused(int mosq_error);

}  // namespace aisle::sync
