#include "sync/mqtt/reasons.hpp"

#include <fmt/format.h>
#include <mosquitto.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace aisle::sync {
namespace {

struct Meaning {
  int code;
  const char* state;
  const char* detail;
};

// MQTT 3.1.1, table 3.1; MQTT 5.0, 3.2.2.2.
constexpr std::array kConnack = {
    Meaning{1, "protocol", "the broker does not speak this protocol version; try [sync] protocol"},
    Meaning{2, "protocol", "the broker refuses our client id"},
    Meaning{3, "server busy", "the broker is unavailable"},
    Meaning{4, "login refused", "the broker refuses username or password"},
    Meaning{5, "not authorised", "the broker does not let us in; check [sync] username and password_file"},
    Meaning{0x84, "protocol", "the broker does not speak this protocol version; try [sync] protocol"},
    Meaning{0x85, "protocol", "the broker refuses our client id"},
    Meaning{0x86, "login refused", "the broker refuses username or password"},
    Meaning{0x87, "not authorised", "the broker does not let us in; check [sync] username and password_file"},
    Meaning{0x88, "server busy", "the broker is unavailable"},
    Meaning{0x89, "server busy", "the broker is busy"},
    Meaning{0x8A, "not authorised", "the broker has banned us"},
    Meaning{0x8C, "login refused", "the broker wants another way to log in"},
    Meaning{0x90, "not authorised", "the broker refuses the topic of our will"},
    Meaning{0x97, "server busy", "a quota of the broker is exceeded"},
    Meaning{0x9C, "protocol", "the broker has moved for now; check [sync] host"},
    Meaning{0x9D, "protocol", "the broker has moved; check [sync] host"},
    Meaning{0x9F, "server busy", "the broker limits how often clients connect"},
};

// MQTT 5.0, 3.14.2.1.
constexpr std::array kDisconnect = {
    Meaning{0x87, "not authorised", "the broker does not let us do that"},
    Meaning{0x89, "server busy", "the broker is busy"},
    Meaning{0x8B, "lost", "the broker is shutting down"},
    Meaning{0x8D, "lost", "the broker heard nothing from us in the keep-alive time"},
    Meaning{0x8E, "taken over", "another client connected with our client id; is a gateway id used twice?"},
    Meaning{0x96, "server busy", "the broker finds our message rate too high"},
    Meaning{0x97, "server busy", "a quota of the broker is exceeded"},
    Meaning{0x98, "lost", "an administrator of the broker disconnected us"},
    Meaning{0x9C, "protocol", "the broker has moved for now; check [sync] host"},
    Meaning{0x9D, "protocol", "the broker has moved; check [sync] host"},
    Meaning{0x9F, "server busy", "the broker limits how often clients connect"},
    Meaning{0xA0, "lost", "the broker limits how long clients stay"},
};

template <std::size_t N>
Disconnected explain(const std::array<Meaning, N>& table, int code, const char* otherwise) {
  for (const Meaning& meaning : table) {
    if (meaning.code == code) return {meaning.state, fmt::format("{} (0x{:02x})", meaning.detail, code)};
  }
  return {"protocol", fmt::format("{} (0x{:02x})", otherwise, code)};
}

}  // namespace

Disconnected connack_refused(int code) {
  return explain(kConnack, code, "the broker refuses the connection");
}

Disconnected disconnected_by_broker(int code) {
  return explain(kDisconnect, code, "the broker disconnected us");
}

Disconnected tcp_failed(int error_number, const std::string& where) {
  if (error_number == ECONNREFUSED) return {"refused", fmt::format("nobody listens at {}", where)};
  return {"unreachable", fmt::format("{}: {}", where, std::generic_category().message(error_number))};
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
