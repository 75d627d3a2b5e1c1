#include "sync/mqtt/connection.hpp"

#include <fmt/format.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "agent/base/credential.hpp"
#include "sync/core/states.hpp"
#include "sync/mqtt/reasons.hpp"

namespace aisle::sync {
namespace {

// Larger packets are refused by asking the broker not to send them (MQTT 5); the largest we take is a 4 MiB delta.
constexpr std::uint32_t kMaxPacket = 5U << 20U;
// AWS IoT Core takes no more in one SUBSCRIBE.
constexpr std::ptrdiff_t kTopicsAtOnce = 8;

class Properties {
 public:
  Properties() = default;
  ~Properties() { mosquitto_property_free_all(&list_); }
  Properties(const Properties&) = delete;
  Properties& operator=(const Properties&) = delete;
  void byte(int id, std::uint8_t value) { mosquitto_property_add_byte(&list_, id, value); }
  void int32(int id, std::uint32_t value) { mosquitto_property_add_int32(&list_, id, value); }
  void text(int id, const std::string& value) { mosquitto_property_add_string(&list_, id, value.c_str()); }
  void bytes(int id, const std::string& value) {
    mosquitto_property_add_binary(&list_, id, value.data(), static_cast<std::uint16_t>(value.size()));
  }
  void pair(int id, const std::string& name, const std::string& value) {
    mosquitto_property_add_string_pair(&list_, id, name.c_str(), value.c_str());
  }
  [[nodiscard]] const mosquitto_property* get() const { return list_; }

 private:
  mosquitto_property* list_ = nullptr;
};

Connection& self(void* object) {
  return *static_cast<Connection*>(object);
}

void connack(mosquitto* /*client*/, void* object, int code, int /*flags*/, const mosquitto_property* properties) {
  std::uint16_t receive_maximum = UINT16_MAX;
  mosquitto_property_read_int16(properties, MQTT_PROP_RECEIVE_MAXIMUM, &receive_maximum, false);
  std::uint16_t keepalive = 0;
  const bool changed =
      mosquitto_property_read_int16(properties, MQTT_PROP_SERVER_KEEP_ALIVE, &keepalive, false) != nullptr;
  self(object).on_connack(code, receive_maximum, changed ? std::optional(keepalive) : std::nullopt);
}
void disconnected(mosquitto* /*client*/, void* object, int code, const mosquitto_property* /*properties*/) {
  self(object).on_disconnect(code);
}
void puback(mosquitto* /*client*/, void* object, int packet_id, int reason, const mosquitto_property* /*properties*/) {
  self(object).on_puback(packet_id, reason);
}
void message(mosquitto* /*client*/, void* object, const mosquitto_message* in, const mosquitto_property* properties) {
  const auto size = static_cast<std::size_t>(std::max(in->payloadlen, 0));
  std::string payload = size > 0 ? std::string(static_cast<const char*>(in->payload), size) : std::string();
  InMessage out{in->topic, std::move(payload), in->retain, {}, {}};
  char* topic = nullptr;
  if (mosquitto_property_read_string(properties, MQTT_PROP_RESPONSE_TOPIC, &topic, false) != nullptr)
    out.response_topic = topic;
  std::free(topic);
  void* data = nullptr;
  std::uint16_t length = 0;
  if (mosquitto_property_read_binary(properties, MQTT_PROP_CORRELATION_DATA, &data, &length, false) != nullptr &&
      data != nullptr)
    out.correlation_data.assign(static_cast<const char*>(data), length);
  std::free(data);
  self(object).on_message(std::move(out));
}
void suback(mosquitto* /*client*/, void* object, int packet_id, int count, const int* granted,
            const mosquitto_property* /*properties*/) {
  std::vector<bool> answers;
  answers.reserve(static_cast<std::size_t>(std::max(count, 0)));
  for (int i = 0; i < count; ++i) answers.push_back(granted[i] < 0x80);
  self(object).on_suback(packet_id, answers);
}
void log_line(mosquitto* /*client*/, void* object, int level, const char* line) {
  if (level == MOSQ_LOG_ERR) self(object).on_log_error(line);
}
const char* or_null(const std::string& text) {
  return text.empty() ? nullptr : text.c_str();
}

}  // namespace

void Connection::Destroy::operator()(mosquitto* client) const {
  mosquitto_destroy(client);
}

Connection::Connection(const MosquittoOptions& options, PinGuard& pins, ConnectionObserver& observer)
    : options_(options),
      pins_(pins),
      observer_(observer),
      keepalive_(std::clamp<std::int64_t>(options.keepalive.count(), 5, UINT16_MAX)) {}
Connection::~Connection() = default;

void Connection::begin(const Target& target, const std::optional<Will>& will) {
  client_.reset(mosquitto_new(options_.client_id.c_str(), true, this));
  if (!client_) {
    why_ = Disconnected{state::kProtocol, fmt::format("\"{}\" cannot be a client id", options_.client_id)};
    return;
  }
  why_ = set_up(will);
  if (why_) return;
  store_connect_properties(target);
  const int keepalive = static_cast<int>(keepalive_.count());
  errno = 0;
  const int failed =
      mosquitto_connect_bind_async(client_.get(), target.host.c_str(), options_.port, keepalive, or_null(target.bind));
  const int error = errno;
  const bool unexplained = !tls_ || (!tls_->trouble() && !tls_->suspicion());
  // With TLS the library begins the handshake at once; its write takes the error of a refusal that comes as quickly,
  // and where the library gives up by itself (2.0.21) nothing is left of it.
  refused_early_ = error == ECONNREFUSED;
  if (tls_ && unexplained && socket() < 0 && (refused_early_ || nobody_listens(target.host, options_.port))) {
    why_ = tcp_failed(ECONNREFUSED, fmt::format("{} port {}", options_.host, options_.port));
  } else if (failed == MOSQ_ERR_ERRNO && error != ECONNRESET && error != EPIPE &&
             !(tls_ && (error == EPROTO || !unexplained))) {  // else there was a connection, and it failed in it
    why_ = tcp_failed(error, fmt::format("{} port {}", options_.host, options_.port));
  } else if (failed == MOSQ_ERR_EAI) {
    why_ = unknown_name(options_.host, "cannot be resolved");
  } else {
    check(failed);
  }
}

std::optional<Disconnected> Connection::set_up(const std::optional<Will>& will) {
  mosquitto* client = client_.get();
  mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION,
                       options_.protocol == 5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311);
  // The window is the session's business; the library lowers this to what the broker's CONNACK says.
  mosquitto_int_option(client, MOSQ_OPT_SEND_MAXIMUM, UINT16_MAX);
  mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
  set_callbacks();
  if (will) {
    const int failed = mosquitto_will_set(client, will->topic.c_str(), static_cast<int>(will->payload.size()),
                                          will->payload.data(), 1, true);
    if (failed != MOSQ_ERR_SUCCESS) return Disconnected{state::kProtocol, "the will's topic is invalid"};
  }
  if (auto failed = set_up_login()) return failed;
  return options_.tls.enabled ? set_up_tls() : std::nullopt;
}

std::optional<Disconnected> Connection::set_up_login() {
  if (options_.username.empty()) return std::nullopt;
  std::string password;
  if (!options_.password_file.empty()) {
    auto secret = read_secret(options_.password_file);
    if (!secret) return Disconnected{state::kCredentials, "[sync] password_file: " + secret.error().message()};
    password = *std::move(secret);
  }
  if (mosquitto_username_pw_set(client_.get(), options_.username.c_str(), or_null(password)) != MOSQ_ERR_SUCCESS) {
    return Disconnected{state::kCredentials, "[sync] username or password is not valid UTF-8"};
  }
  return std::nullopt;
}

std::optional<Disconnected> Connection::set_up_tls() {
  auto made = TlsContext::make(options_.tls, options_.host, pins_);
  if (!made) return made.error();
  tls_ = *std::move(made);
  // The library's own defaults would replace what checks the certificate, and say less about it.
  const bool taken = mosquitto_int_option(client_.get(), MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0) == MOSQ_ERR_SUCCESS &&
                     mosquitto_void_option(client_.get(), MOSQ_OPT_SSL_CTX, tls_->get()) == MOSQ_ERR_SUCCESS;
  if (!taken) return Disconnected{state::kTls, "this machine's libmosquitto does no TLS"};
  return std::nullopt;
}

void Connection::set_callbacks() {
  mosquitto* client = client_.get();
  mosquitto_connect_v5_callback_set(client, connack);
  mosquitto_disconnect_v5_callback_set(client, disconnected);
  mosquitto_publish_v5_callback_set(client, puback);
  mosquitto_message_v5_callback_set(client, message);
  mosquitto_subscribe_v5_callback_set(client, suback);
  mosquitto_log_callback_set(client, log_line);
}

// Only the library's blocking connect takes properties, but it keeps them for the next connect of any kind: it is
// called with a port that it refuses. Were they lost, MQTT 5's defaults for a clean session are the same but the size.
void Connection::store_connect_properties(const Target& target) {
  if (options_.protocol != 5) return;
  Properties properties;
  properties.int32(MQTT_PROP_SESSION_EXPIRY_INTERVAL, 0);
  properties.int32(MQTT_PROP_MAXIMUM_PACKET_SIZE, kMaxPacket);
  constexpr int kNoPort = -1;
  constexpr int kAnyKeepalive = 60;
  mosquitto_connect_bind_v5(client_.get(), target.host.c_str(), kNoPort, kAnyKeepalive, nullptr, properties.get());
}

void Connection::give_up(Disconnected why) {
  if (!why_) why_ = std::move(why);
}

int Connection::socket() const {
  return mosquitto_socket(client_.get());
}

bool Connection::wants_write() const {
  return tcp_pending_ || mosquitto_want_write(client_.get());
}

bool Connection::tcp_established(int poll_events) {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(socket(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error == 0 && refused_early_ && (poll_events & POLLHUP) != 0) error = ECONNREFUSED;
  if (error != 0) {
    // The library writes its first words, and begins a handshake, without waiting: they were answered, or ended at.
    const bool stood = error == ECONNRESET || error == EPIPE || (tls_ && (tls_->trouble() || tls_->suspicion()));
    give_up(stood ? explain(MOSQ_ERR_CONN_LOST)
                  : tcp_failed(error, fmt::format("{} port {}", options_.host, options_.port)));
  }
  tcp_pending_ = false;
  return error == 0;
}

void Connection::proceed(int poll_events) {
  if (tcp_pending_ && (poll_events == 0 || !tcp_established(poll_events))) return;
  if ((poll_events & POLLIN) != 0) heard_ = Clock::now();
  if ((poll_events & (POLLIN | POLLERR | POLLHUP)) != 0) check(mosquitto_loop_read(client_.get(), 1));
  if (!why_ && (poll_events & POLLOUT) != 0) check(mosquitto_loop_write(client_.get(), 1));
  if (!why_) check(mosquitto_loop_misc(client_.get()));
}

void Connection::check(int mosq_error) {
  if (why_ || (mosq_error == MOSQ_ERR_SUCCESS && socket() >= 0)) return;
  if (mosq_error == MOSQ_ERR_CONN_PENDING) return;
  why_ = explain(mosq_error);
}

Disconnected Connection::explain(int mosq_error) const {
  if (refused_) return *refused_;
  if (leaving_) return {state::kClosed, "on request"};
  if (tls_ && tls_->trouble()) return *tls_->trouble();
  if (mosq_error == MOSQ_ERR_KEEPALIVE) return silent(keepalive_);
  if (mosq_error == MOSQ_ERR_PROTOCOL || mosq_error == MOSQ_ERR_MALFORMED_PACKET) {
    return {state::kProtocol, fmt::format("what answers is no MQTT {} broker ({}); check [sync] port and protocol",
                                          options_.protocol == 5 ? "5" : "3.1.1", mosquitto_strerror(mosq_error))};
  }
  if (established_) return {state::kLost, "the connection was closed", true};
  if (auto suspected = tls_ ? tls_->suspicion() : std::nullopt) return *std::move(suspected);
  const bool handshake = mosq_error == MOSQ_ERR_TLS || mosq_error == MOSQ_ERR_TLS_HANDSHAKE || !last_error_.empty();
  if (tls_ && (handshake || !tls_->shaken())) {
    const std::string why = last_error_.empty() ? "the connection was closed" : last_error_;
    return {state::kTls, fmt::format("no TLS with {} port {} ({}); check that the broker speaks TLS 1.2 or newer there",
                                     options_.host, options_.port, why)};
  }
  return {state::kProtocol,
          fmt::format("{} port {} closes connections before it answers as an MQTT broker ({}); check [sync] port, tls "
                      "and protocol, and that the broker has room for another client",
                      options_.host, options_.port, mosquitto_strerror(mosq_error))};
}

std::optional<Connection::Clock::time_point> Connection::silent_until() const {
  if (!established_ || keepalive_ == seconds(0)) return std::nullopt;
  return heard_ + keepalive_ * 3 / 2;
}

void Connection::keep_alive(bool listening) {
  if (!listening) heard_ = Clock::now();
  const auto until = silent_until();
  if (until && Clock::now() >= *until) give_up(silent(keepalive_));
}

void Connection::publish(std::uint64_t token, const OutMessage& message) {
  Properties properties;
  if (options_.protocol == 5) {
    if (message.utf8_payload) properties.byte(MQTT_PROP_PAYLOAD_FORMAT_INDICATOR, 1);
    if (!message.content_type.empty()) properties.text(MQTT_PROP_CONTENT_TYPE, message.content_type);
    for (const auto& property : message.user_properties) {
      properties.pair(MQTT_PROP_USER_PROPERTY, property.first, property.second);
    }
    if (!message.correlation_data.empty()) properties.bytes(MQTT_PROP_CORRELATION_DATA, message.correlation_data);
  }
  int packet_id = 0;
  const int failed =
      mosquitto_publish_v5(client_.get(), &packet_id, message.topic.c_str(), static_cast<int>(message.payload.size()),
                           message.payload.data(), message.qos, message.retain, properties.get());
  const int reason = publish_refused(failed);
  if (reason != 0) {
    if (message.qos > 0) observer_.acknowledged(token, reason);
    return;
  }
  if (failed == MOSQ_ERR_SUCCESS && message.qos > 0) tokens_[packet_id] = token;
  check(failed);
}

// In packets of at most kTopicsAtOnce; the observer is told once all are answered.
void Connection::subscribe(std::vector<std::string> topics) {
  subscribing_ += topics.size();
  answered_ = subscribing_ == 0;
  for (auto at = topics.begin(); at != topics.end() && !why_;) {
    const auto end = at + std::min<std::ptrdiff_t>(kTopicsAtOnce, topics.end() - at);
    subscribe_packet({std::make_move_iterator(at), std::make_move_iterator(end)});
    at = end;
  }
}

void Connection::subscribe_packet(std::vector<std::string> topics) {
  std::vector<char*> names;
  names.reserve(topics.size());
  for (std::string& topic : topics) names.push_back(topic.data());
  int packet_id = 0;
  const int failed = mosquitto_subscribe_multiple(client_.get(), &packet_id, static_cast<int>(names.size()),
                                                  names.data(), options_.subscribe_qos, 0, nullptr);
  if (failed == MOSQ_ERR_SUCCESS) {
    subscriptions_[packet_id] = std::move(topics);
  } else if (publish_refused(failed) != 0) {
    std::vector<std::pair<std::string, bool>> granted;
    granted.reserve(topics.size());
    for (std::string& topic : topics) granted.emplace_back(std::move(topic), false);
    answered(std::move(granted));
    return;
  }
  check(failed);
}

void Connection::answered(std::vector<std::pair<std::string, bool>> granted) {
  subscribing_ -= std::min(subscribing_, granted.size());
  std::ranges::move(granted, std::back_inserter(granted_));
  if (subscribing_ > 0) return;
  answered_ = true;
  observer_.subscribed(std::exchange(granted_, {}));
}

void Connection::say_goodbye() {
  if (leaving_) return;
  leaving_ = true;
  check(mosquitto_disconnect_v5(client_.get(), 0, nullptr));
}

void Connection::on_connack(int code, std::uint16_t receive_maximum, std::optional<std::uint16_t> keepalive) {
  if (code != 0) {
    refused_ = connack_refused(code);
    return;
  }
  if (keepalive) keepalive_ = seconds(*keepalive);
  heard_ = Clock::now();
  established_ = true;
  observer_.connected({receive_maximum});
}

void Connection::on_disconnect(int code) {
  // Below 0x80 these are the library's own error numbers, which the failing call returns as well.
  if (code >= 0x80 && !refused_) refused_ = disconnected_by_broker(code);
}

void Connection::on_puback(int packet_id, int reason) {
  const auto found = tokens_.find(packet_id);
  if (found == tokens_.end()) return;
  const std::uint64_t token = found->second;
  tokens_.erase(found);
  observer_.acknowledged(token, reason);
}

void Connection::on_suback(int packet_id, const std::vector<bool>& granted) {
  const auto found = subscriptions_.find(packet_id);
  if (found == subscriptions_.end()) return;
  std::vector<std::pair<std::string, bool>> answer;
  for (std::size_t i = 0; i < found->second.size(); ++i) {
    answer.emplace_back(std::move(found->second[i]), i < granted.size() && granted[i]);
  }
  subscriptions_.erase(found);
  answered(std::move(answer));
}

}  // namespace aisle::sync
