#include "tests/sim/broker.hpp"

#include <algorithm>
#include <array>

#include "tests/sim/sim_transport.hpp"

namespace aisle::sim {
namespace {

constexpr Duration kKeepalive = seconds(45);
constexpr Duration kConnectTimeout = seconds(15);
constexpr int kAccepted = 0;
constexpr int kNoMatchingSubscribers = 0x10;
constexpr std::array kBusy = {0x89, 0x96, 0x97, 0x80};
constexpr std::array kPermanent = {0x87, 0x95, 0x99};

// The name between "/sync/" and "/request"; none: not a request.
std::optional<Dataset> requested(const std::string& topic) {
  constexpr std::string_view kBefore = "/sync/";
  constexpr std::string_view kAfter = "/request";
  const auto at = topic.find(kBefore);
  if (at == std::string::npos || !topic.ends_with(kAfter)) return std::nullopt;
  const std::size_t begin = at + kBefore.size();
  return parse_dataset(topic.substr(begin, topic.size() - kAfter.size() - begin));
}

}  // namespace

Broker::Broker(Scheduler& world, const Clock& clock, Random& random, Trace& trace, Consumer& consumer)
    : world_(world), clock_(clock), random_(random), trace_(trace), consumer_(consumer) {
  for (const Dataset dataset : kDatasets) {
    clouds_.emplace(dataset, CloudSet(dataset, random));
  }
}

Duration Broker::latency() {
  return milliseconds(1) + random_.jitter(milliseconds(random_.below(20) == 0 ? 2000 : 60));
}

void Broker::on_connection(Duration delay, Task task) {
  world_.after(delay, [this, connection = connection_, task = std::move(task)] {
    if (connection == connection_ && client_ != nullptr) task();
  });
}

void Broker::drop(const std::string& state, bool wordless) {
  if (!online_ || client_ == nullptr) return;
  trace_.note("the connection ends: {}", state);
  online_ = false;
  client_->tell([state, wordless](auto& listener) { listener.on_disconnected({state, "simulated", wordless}); });
}

void Broker::cut_link(Duration span) {
  cut_until_ = clock_.steady() + span;
  drop("lost");
}

void Broker::half_open(Duration span) {
  half_open_until_ = clock_.steady() + span;
  on_connection(std::min(span, kKeepalive), [this] { drop("lost"); });
}

void Broker::restart(Duration down, Duration consumer_absent) {
  up_ = false;
  ++life_;
  drop("lost", true);
  consumer_back_ = clock_.steady() + down + consumer_absent;
  world_.after(down, [this, life = life_] {
    if (life == life_) up_ = true;
  });
  constexpr std::array<std::uint16_t, 4> kMaxima = {65535, 1, 5, 20};
  receive_maximum_ = kMaxima.at(random_.below(kMaxima.size()));
}

void Broker::hang_up(Duration span) {
  constexpr std::array kTypes = {"/visit/started", "/zone/entered", "/offer/decided", "/epoch/started"};
  hang_up_until_ = clock_.steady() + span;
  hangs_up_on_ = kTypes.at(random_.below(kTypes.size()));
}

bool Broker::hung_up(std::uint64_t token, const std::string& topic) {
  if (!before(hang_up_until_) || !topic.ends_with(hangs_up_on_)) return false;
  if (random_.below(2) == 0) tell_acknowledged(token, kPermanent[0]);
  drop("lost", true);
  return true;
}

void Broker::lose_acknowledgements(Duration span) {
  lose_until_ = clock_.steady() + span;
  world_.after(span, [this] { drop("lost"); });
}

void Broker::heal() {
  if (!link_up() || before(lose_until_)) drop("lost");
  up_ = true;
  cut_until_ = half_open_until_ = busy_until_ = late_until_ = lose_until_ = repeat_until_ = {};
  mangle_until_ = consumer_back_ = hang_up_until_ = {};
  refuse_next_ = 0;
  healed_ = true;
}

void Broker::push(Dataset dataset, std::string delta) {
  if (!online_ || !subscribed_ || (!healed_ && random_.below(8) == 0)) return;
  deliver(latency(), fmt::format("aisle/v1/s1/_all/sync/{}", to_string(dataset)), std::move(delta));
}

void Broker::connect(SimTransport& client) {
  ++connection_;
  client_ = &client;
  online_ = subscribed_ = false;
  last_arrival_ = last_delivery_ = {};
  const auto refuse = [this](std::string state) {
    client_->tell([state](auto& listener) { listener.on_disconnected({state, "simulated"}); });
  };
  if (!link_up()) return on_connection(kConnectTimeout, [refuse] { refuse("unreachable"); });
  on_connection(latency(), [this, refuse] {
    if (!up_) return refuse("refused");
    if (before(busy_until_) && random_.below(2) == 0) return refuse("server busy");
    online_ = true;
    trace_.note("connected");
    client_->tell([most = receive_maximum_](auto& listener) { listener.on_connected({most}); });
  });
}

void Broker::disconnect() {
  online_ = false;
  on_connection(latency(), [this] {
    client_->tell([](auto& listener) { listener.on_disconnected({"closed", "simulated"}); });
  });
}

void Broker::leave(const SimTransport& client) {
  if (client_ != &client) return;
  client_ = nullptr;
  online_ = false;
}

void Broker::subscribe(const std::vector<std::string>& topics) {
  on_connection(latency(), [this, topics] {
    if (!online_ || !link_up()) return;
    subscribed_ = true;
    std::vector<std::pair<std::string, bool>> granted;
    for (const auto& topic : topics) granted.emplace_back(topic, true);
    client_->tell([granted](auto& listener) { listener.on_subscribed(granted); });
  });
}

// In the order sent.
void Broker::publish(std::uint64_t token, sync::OutMessage message) {
  if (!online_) return;
  last_arrival_ = std::max(last_arrival_, clock_.steady() + latency());
  const auto shared = std::make_shared<sync::OutMessage>(std::move(message));
  on_connection(last_arrival_ - clock_.steady(), [this, token, shared] { arrive(token, *shared); });
}

int Broker::verdict_on(const sync::OutMessage& message) {
  if (before(busy_until_) && random_.below(2) == 0) return kBusy.at(random_.below(kBusy.size()));
  if (before(consumer_back_)) return kNoMatchingSubscribers;
  // A report of what was dropped is not refused for good: the promise ends where a broker does not take even that.
  if (refuse_next_ > 0 && !message.topic.ends_with("/outbox/dropped")) {
    --refuse_next_;
    return kPermanent.at(random_.below(kPermanent.size()));
  }
  return kAccepted;
}

void Broker::arrive(std::uint64_t token, const sync::OutMessage& message) {
  if (!online_ || !link_up() || !up_) return;
  trace_.count(message.payload);
  if (message.topic.find("/evt/") != std::string::npos) {
    if (hung_up(token, message.topic)) return;
    const int reason = verdict_on(message);
    if (trace_.printing()) trace_.note("{} reason {:#x} {}", message.topic, reason, key_of(message.payload).second);
    return acknowledge(token, reason, reason == kAccepted ? &message : nullptr);
  }
  acknowledge(token, kAccepted, nullptr);
  if (const auto dataset = requested(message.topic)) answer(*dataset, message.payload);
}

void Broker::acknowledge(std::uint64_t token, int reason, const sync::OutMessage* taken) {
  std::shared_ptr<sync::OutMessage> held;
  if (taken != nullptr) {
    if (random_.below(2) == 0) {
      consumer_.take(taken->topic, taken->payload, clock_.steady());
    } else {
      held = std::make_shared<sync::OutMessage>(*taken);  // with the consumer just before it is acknowledged
    }
  }
  const Duration delay = latency() + (before(late_until_) ? random_.jitter(seconds(20)) : Duration(0));
  world_.after(delay, [this, token, reason, held, life = life_, connection = connection_] {
    if (life != life_) return;
    if (held) consumer_.take(held->topic, held->payload, clock_.steady());
    if (connection == connection_ && client_ != nullptr) tell_acknowledged(token, reason);
  });
}

void Broker::tell_acknowledged(std::uint64_t token, int reason) {
  if (!online_ || !link_up() || before(lose_until_)) return;
  const int passed = client_->as_passed_on(reason);
  const int times = before(repeat_until_) ? 2 : 1;
  for (int i = 0; i < times; ++i) {
    client_->tell([token, passed](auto& listener) { listener.on_acknowledged(token, passed); });
  }
}

void Broker::answer(Dataset dataset, const std::string& request) {
  const auto parsed = nlohmann::json::parse(request, nullptr, false);
  const std::string topic = fmt::format("aisle/v1/s1/g1/sync/{}", to_string(dataset));
  for (auto& text : cloud(dataset).answer(parsed)) {
    if (!before(mangle_until_)) {
      deliver(latency(), topic, std::move(text));
      continue;
    }
    const auto what = random_.below(5);
    if (what == 0) continue;
    if (what == 1) deliver(random_.jitter(seconds(40)), topic, text);
    if (what == 2) text.resize(random_.below(text.size()));
    deliver(random_.jitter(seconds(20)), topic, std::move(text));
  }
}

void Broker::deliver(Duration delay, std::string topic, std::string payload) {
  SteadyTime due = clock_.steady() + delay;
  if (!before(mangle_until_)) due = last_delivery_ = std::max(last_delivery_, due);
  on_connection(due - clock_.steady(), [this, topic = std::move(topic), payload = std::move(payload)] {
    if (!online_ || !link_up() || !up_ || !subscribed_) return;
    trace_.count(payload);
    client_->tell([message = sync::InMessage{topic, payload, false}](auto& l) { l.on_message(message); });
  });
}

}  // namespace aisle::sim
