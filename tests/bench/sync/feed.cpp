#include "tests/bench/sync/feed.hpp"

#include <mosquitto.h>
#include <mqtt_protocol.h>

#include <chrono>

namespace aisle::bench {
namespace {

struct Progress {
  bool connected = false;
  std::uint64_t sent = 0, acknowledged = 0;
};

mosquitto* make_client(void* object) {
  mosquitto* client = mosquitto_new(nullptr, true, object);
  mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
  mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
  return client;
}

}  // namespace

Consumer::Consumer(std::uint16_t port) : client_(make_client(this)) {
  mosquitto_connect_callback_set(client_,
                                 [](mosquitto* client, void*, int) { mosquitto_subscribe(client, nullptr, "#", 0); });
  mosquitto_subscribe_callback_set(
      client_, [](mosquitto*, void* self, int, int, const int*) { static_cast<Consumer*>(self)->subscribed_ = true; });
  mosquitto_message_callback_set(
      client_, [](mosquitto*, void* self, const mosquitto_message*) { ++static_cast<Consumer*>(self)->received_; });
  mosquitto_connect(client_, "127.0.0.1", port, 60);
  mosquitto_loop_start(client_);
}

Consumer::~Consumer() {
  mosquitto_disconnect(client_);
  mosquitto_loop_stop(client_, false);
  mosquitto_destroy(client_);
}

double publish_bare(std::uint16_t port, std::uint64_t count, std::uint64_t window, const std::string& topic,
                    const std::string& payload) {
  Progress progress;
  mosquitto* client = make_client(&progress);
  if (window > 0) mosquitto_int_option(client, MOSQ_OPT_SEND_MAXIMUM, static_cast<int>(window));
  mosquitto_connect_callback_set(client, [](mosquitto*, void* p, int) { static_cast<Progress*>(p)->connected = true; });
  mosquitto_publish_callback_set(client, [](mosquitto*, void* p, int) { ++static_cast<Progress*>(p)->acknowledged; });
  mosquitto_property* properties = nullptr;
  mosquitto_property_add_byte(&properties, MQTT_PROP_PAYLOAD_FORMAT_INDICATOR, 1);
  mosquitto_property_add_string(&properties, MQTT_PROP_CONTENT_TYPE, "application/cloudevents+json; charset=utf-8");
  mosquitto_property_add_string_pair(&properties, MQTT_PROP_USER_PROPERTY, "replay", "true");
  bool good = mosquitto_connect(client, "127.0.0.1", port, 60) == MOSQ_ERR_SUCCESS;
  while (good && !progress.connected) good = mosquitto_loop(client, 100, 1) == MOSQ_ERR_SUCCESS;
  constexpr std::uint64_t kAhead = 1000;  // given to the library, which keeps to the window
  const auto begin = std::chrono::steady_clock::now();
  while (good && progress.acknowledged < count) {
    while (good && progress.sent < count && progress.sent - progress.acknowledged < kAhead) {
      ++progress.sent;
      good = mosquitto_publish_v5(client, nullptr, topic.c_str(), static_cast<int>(payload.size()), payload.data(), 1,
                                  false, properties) == MOSQ_ERR_SUCCESS;
    }
    good = good && mosquitto_loop(client, 100, 1) == MOSQ_ERR_SUCCESS;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  mosquitto_property_free_all(&properties);
  mosquitto_disconnect(client);
  mosquitto_destroy(client);
  return good ? static_cast<double>(count) / took.count() : 0;
}

}  // namespace aisle::bench
