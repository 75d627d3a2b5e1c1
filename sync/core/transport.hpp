// The narrow view of an MQTT client that the sync core needs: single attempts, no retry, no queue of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace aisle::sync {

struct OutMessage {
  std::string topic;
  std::string payload;
  int qos = 1;
  bool retain = false;
  std::string content_type;                                          // MQTT 5 only; empty: none
  bool utf8_payload = false;                                         // MQTT 5 payload format indicator 1
  std::vector<std::pair<std::string, std::string>> user_properties;  // MQTT 5 only
  std::string correlation_data{};                                    // MQTT 5 only, bytes; empty: none
};

struct InMessage {
  std::string topic;
  std::string payload;
  bool retain = false;
  std::string response_topic{};    // MQTT 5 only; empty: none
  std::string correlation_data{};  // MQTT 5 only, bytes; empty: none
};

struct Will {
  std::string topic;
  std::string payload;
};

struct Connected {
  std::uint16_t receive_maximum = 65535;  // the broker's; 65535 with MQTT 3.1.1
  std::string broker{};                   // "host:port", for a person
};

// Why an attempt or a connection ended: a state for `status` and a sentence for a person.
struct Disconnected {
  std::string state;  // one of sync/core/states.hpp
  std::string detail;
  bool wordless = false;  // the other end closed a connection that it had accepted, and gave no reason
};

// Callbacks, all on the core loop and never from inside a call to Transport.
class TransportListener {
 public:
  virtual ~TransportListener() = default;
  virtual void on_connected(const Connected& connected) = 0;
  // Once per `connect` that failed, or per connection that ended.
  virtual void on_disconnected(const Disconnected& why) = 0;
  // The broker's answer to a QoS 1 publish: `reason` 0x00 to 0x7F success, 0x80 and above refused (always 0
  // with 3.1.1).
  virtual void on_acknowledged(std::uint64_t token, int reason) = 0;
  virtual void on_message(const InMessage& message) = 0;
  // All topics of one `subscribe`: granted or not, by topic, in the order asked.
  virtual void on_subscribed(const std::vector<std::pair<std::string, bool>>& granted) = 0;
};

class Transport {
 public:
  virtual ~Transport() = default;
  virtual void set_listener(TransportListener* listener) = 0;
  // One attempt, with a clean session and this will (QoS 1, retained). Answered by on_connected or on_disconnected.
  virtual void connect(const std::optional<Will>& will) = 0;
  // Sends DISCONNECT (the will is not published) after what was handed over; answered by on_disconnected.
  virtual void disconnect() = 0;
  virtual void subscribe(std::vector<std::string> topics) = 0;
  // `token` comes back in on_acknowledged (QoS 1). Nothing survives the end of the connection: publish again then.
  virtual void publish(std::uint64_t token, OutMessage message) = 0;
};

}  // namespace aisle::sync
