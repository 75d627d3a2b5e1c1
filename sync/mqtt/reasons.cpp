#include "sync/mqtt/reasons.hpp"

#include <fmt/format.h>
#include <mosquitto.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "sync/core/states.hpp"

namespace aisle::sync {
namespace {

struct Meaning {
  int code;
  const char* state;
  const char* detail;
};

// MQTT 3.1.1, table 3.1; MQTT 5.0, 3.2.2.2.
constexpr std::array kConnack = {
    Meaning{1, state::kProtocol, "the broker does not speak this protocol version; try [sync] protocol"},
    Meaning{2, state::kProtocol, "the broker refuses our client id"},
    Meaning{3, state::kServerBusy, "the broker is unavailable; nothing to do here, we come back at a growing distance"},
    Meaning{4, state::kLoginRefused,
            "the broker refuses username or password; correct [sync] username and password_file"},
    Meaning{5, state::kNotAuthorised,
            "the broker does not let us in: a wrong password, or no right to connect; check [sync] username and "
            "password_file, and the broker's access list"},
    Meaning{0x84, state::kProtocol, "the broker does not speak this protocol version; try [sync] protocol"},
    Meaning{0x85, state::kProtocol, "the broker refuses our client id"},
    Meaning{0x86, state::kLoginRefused,
            "the broker refuses username or password; correct [sync] username and password_file"},
    Meaning{0x87, state::kNotAuthorised,
            "the broker does not let us in: a wrong password, or no right to connect; check [sync] username and "
            "password_file, and the broker's access list"},
    Meaning{0x88, state::kServerBusy,
            "the broker is unavailable; nothing to do here, we come back at a growing distance"},
    Meaning{0x89, state::kServerBusy, "the broker is busy; nothing to do here, we come back at a growing distance"},
    Meaning{0x8A, state::kNotAuthorised, "the broker has banned us"},
    Meaning{0x8C, state::kLoginRefused, "the broker wants another way to log in"},
    Meaning{0x90, state::kNotAuthorised, "the broker refuses the topic of our will"},
    Meaning{0x97, state::kServerBusy, "a quota of the broker is exceeded; raise it there"},
    Meaning{0x9C, state::kProtocol, "the broker has moved for now; check [sync] host"},
    Meaning{0x9D, state::kProtocol, "the broker has moved; check [sync] host"},
    Meaning{0x9F, state::kServerBusy, "the broker limits how often clients connect"},
};

// MQTT 5.0, 3.14.2.1.
constexpr std::array kDisconnect = {
    Meaning{0x87, state::kNotAuthorised, "the broker does not let us do that"},
    Meaning{0x89, state::kServerBusy, "the broker is busy; nothing to do here, we come back at a growing distance"},
    Meaning{0x8B, state::kLost, "the broker is shutting down"},
    Meaning{0x8D, state::kLost, "the broker heard nothing from us in the keep-alive time"},
    Meaning{0x8E, state::kTakenOver,
            "another client connected with our client id; every gateway of a store needs a [store] gateway of its own"},
    Meaning{0x96, state::kServerBusy, "the broker finds our message rate too high"},
    Meaning{0x97, state::kServerBusy, "a quota of the broker is exceeded; raise it there"},
    Meaning{0x98, state::kLost, "an administrator of the broker disconnected us"},
    Meaning{0x9C, state::kProtocol, "the broker has moved for now; check [sync] host"},
    Meaning{0x9D, state::kProtocol, "the broker has moved; check [sync] host"},
    Meaning{0x9F, state::kServerBusy, "the broker limits how often clients connect"},
    Meaning{0xA0, state::kLost, "the broker limits how long clients stay"},
};

template <std::size_t N>
Disconnected explain(const std::array<Meaning, N>& table, int code, const char* otherwise) {
  for (const Meaning& meaning : table) {
    if (meaning.code == code) return {meaning.state, fmt::format("{} (0x{:02x})", meaning.detail, code)};
  }
  return {state::kProtocol, fmt::format("{} (0x{:02x})", otherwise, code)};
}

}  // namespace

Disconnected connack_refused(int code) {
  return explain(kConnack, code, "the broker refuses the connection");
}

Disconnected disconnected_by_broker(int code) {
  return explain(kDisconnect, code, "the broker disconnected us");
}

Disconnected tcp_failed(int error_number, const std::string& where) {
  if (error_number == ECONNREFUSED) {
    return {state::kConnectionRefused,
            fmt::format("nobody listens at {}; check that the broker runs, and [sync] port", where)};
  }
  return {state::kUnreachable, fmt::format("{}: {}; check the network and any firewall", where,
                                           std::generic_category().message(error_number))};
}

Disconnected unknown_name(const std::string& host, const std::string& what) {
  return {state::kDns, fmt::format("{}: {}; check [sync] host, and that this machine has a name server", host, what)};
}

Disconnected no_answer(const std::string& host, std::uint16_t port, milliseconds allowed) {
  return {state::kUnreachable,
          fmt::format("{} port {}: no answer within {} s; check the network, and that this is the broker", host, port,
                      std::chrono::duration<double>(allowed).count())};
}

Disconnected silent(seconds keepalive) {
  return {state::kSilent,
          fmt::format("nothing came from the broker for one and a half times the {} s of keep-alive, though "
                      "asked; the broker hangs, or the network drops the connection",
                      keepalive.count())};
}

int publish_refused(int mosq_error) {
  switch (mosq_error) {
    case MOSQ_ERR_OVERSIZE_PACKET:
    case MOSQ_ERR_PAYLOAD_SIZE:
      return 0x95;
    case MOSQ_ERR_INVAL:
    case MOSQ_ERR_MALFORMED_UTF8:
      return 0x90;
    case MOSQ_ERR_RETAIN_NOT_SUPPORTED:
      return 0x9A;
    case MOSQ_ERR_QOS_NOT_SUPPORTED:
      return 0x9B;
    case MOSQ_ERR_NOMEM:
      return 0x97;
    default:
      return 0;
  }
}

}  // namespace aisle::sync
