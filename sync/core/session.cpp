#include "sync/core/session.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "sync/core/ack_watch.hpp"
#include "sync/core/backoff.hpp"
#include "sync/core/dataset_sync.hpp"
#include "sync/core/pump.hpp"
#include "sync/core/states.hpp"
#include "sync/core/takeover.hpp"

namespace aisle::sync {
namespace {

// How long the transport may take to say goodbye after `disconnect`.
constexpr Duration kGoodbye = seconds(2);

enum class Phase { idle, waiting, connecting, online, closing, stopped };

PumpOptions pump_options(const SessionOptions& options) {
  return {options.prefix, options.store, options.gateway, options.epoch};
}

}  // namespace

struct Session::Impl final : TransportListener, PumpPort, DatasetPort {
  Impl(SessionOptions o, Loop& l, Random& r, Transport& t, store::Store& s, SessionHost& h, const Log& g)
      : options(std::move(o)),
        loop(l),
        random(r),
        transport(t),
        host(h),
        log(g),
        retry(options.retry_spread, options.retry_max),
        pump(pump_options(options), l, r, s, *this, g),
        acks(l, options.ack_patience, [this] { on_overdue(); }),
        base(fmt::format("{}/{}/{}", options.prefix, options.store, options.gateway)),
        all_base(fmt::format("{}/{}/_all", options.prefix, options.store)) {
    for (const Dataset dataset : options.datasets) {
      datasets[dataset] = std::make_unique<DatasetSync>(dataset, l, options.parser, r, *this, g);
    }
    enter(Phase::idle, state::kConnecting);
    transport.set_listener(this);
  }
  ~Impl() override {
    transport.set_listener(nullptr);
    cancel(connect_timer);
    cancel(stop_timer);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  // TransportListener
  void on_connected(const Connected& connected) override;
  void on_disconnected(const Disconnected& why) override;
  void on_acknowledged(std::uint64_t token, int reason) override;
  void on_message(const InMessage& message) override;
  void on_subscribed(const std::vector<std::pair<std::string, bool>>& granted) override;
  // PumpPort
  std::uint64_t publish_event(OutMessage message) override;
  [[nodiscard]] bool quiet() const override { return subscriptions_answered && control_in_flight.empty(); }
  void event_refused(const store::OutboxEvent& event, int reason, std::string_view why) override {
    host.on_refused(event, reason, why);
  }
  // DatasetPort
  void send_request(Dataset dataset, std::string payload) override;
  void apply(DatasetMessage message, std::function<void(bool)> done) override {
    host.apply(std::move(message), std::move(done));
  }
  void stage(StagePage page, std::function<void(bool)> done) override { host.stage(std::move(page), std::move(done)); }
  void confirm_current(Dataset dataset) override { host.confirm_current(dataset); }

  void enter(Phase next, std::string state);
  void connect_after(Duration delay);
  void connect_now();
  void on_overdue();
  void lose(Disconnected why);
  [[nodiscard]] Duration wait_after_loss(Disconnected& why);
  [[nodiscard]] Duration wait_after_failure(const Disconnected& why);
  [[nodiscard]] std::string takeover_note() const;
  void on_dataset_topic(std::string_view name, const InMessage& message, bool own);
  [[nodiscard]] std::string status_payload(std::string_view state, UnixTime since) const;
  [[nodiscard]] std::string status_topic() const { return base + "/status"; }
  void publish_control(OutMessage message, std::function<void()> accepted = {});
  void publish_status(std::string_view state, UnixTime since);
  [[nodiscard]] std::vector<std::string> subscriptions() const;
  [[nodiscard]] std::size_t capacity() const;

  void stop(milliseconds deadline, std::function<void()> done);
  void say_goodbye();
  void finish_stop();
  void cancel(TimerId& timer);

  SessionOptions options;
  Loop& loop;
  Random& random;
  Transport& transport;
  SessionHost& host;
  const Log& log;
  RetrySchedule retry;
  TakeoverWatch takeovers;
  bool subscriptions_answered = false, subscribed = false;  // on this connection; subscribed to everything
  std::uint64_t proofs = 0;
  bool refused_something = false;  // on this connection: some brokers end it for that, without a word
  Pump pump;
  AckWatch acks;
  std::map<Dataset, std::unique_ptr<DatasetSync>> datasets;
  std::string base, all_base;

  Phase phase = Phase::idle;
  SessionStatus shown;                     // state, detail, since, counters of the connection
  std::optional<Disconnected> our_reason;  // why we are ending the connection
  SteadyTime connected_at{};
  std::uint64_t acknowledged_before = 0;  // events, when the connection came up
  Connected broker;
  std::uint64_t next_token = 1;
  // Status, requests and replies, of this connection; what is to be done once the broker has accepted one, if anything.
  std::map<std::uint64_t, std::function<void()>> control_in_flight;
  TimerId connect_timer = 0, stop_timer = 0;
  std::function<void()> stop_done;
};

void Session::Impl::enter(Phase next, std::string state) {
  phase = next;
  if (shown.state == state) return;
  shown.state = std::move(state);
  shown.since = loop.clock().now();
}

void Session::Impl::connect_after(Duration delay) {
  shown.next_attempt = loop.clock().now() + delay;
  connect_timer = loop.after(delay, [this] {
    connect_timer = 0;
    connect_now();
  });
}

// The trouble of the attempt before stays shown until one succeeds: else most looks would only find "connecting".
void Session::Impl::connect_now() {
  phase = Phase::connecting;
  shown.next_attempt.reset();
  transport.connect(Will{status_topic(), status_payload("offline", options.started)});
}

void Session::Impl::on_connected(const Connected& connected) {
  if (phase != Phase::connecting) return;
  enter(Phase::online, state::kOnline);
  shown.detail.clear();
  ++shown.connects;
  connected_at = loop.clock().steady();
  refused_something = false;
  subscriptions_answered = false;
  subscribed = false;
  acknowledged_before = pump.counters().acknowledged;
  broker = connected;
  control_in_flight.clear();
  log.info("connected to the broker {}", connected.broker);
  publish_status("online", options.started);
  transport.subscribe(subscriptions());
  pump.on_connected(capacity());
}

void Session::Impl::on_disconnected(const Disconnected& why) {
  if (phase == Phase::online || phase == Phase::closing) ++shown.disconnects;
  if (stop_done) return finish_stop();
  if (phase != Phase::online && phase != Phase::connecting) return;
  lose(our_reason.value_or(why));
}

// An acknowledgement that was lost on a living connection never comes: only a new connection may send again.
void Session::Impl::on_overdue() {
  if (phase != Phase::online || stop_done) return;
  our_reason = Disconnected{
      "lost", fmt::format("the broker did not acknowledge a publish within {} s", options.ack_patience.count())};
  pump.on_disconnected(false);
  transport.disconnect();
}

void Session::Impl::lose(Disconnected why) {
  const bool was_online = phase == Phase::online;
  control_in_flight.clear();
  our_reason.reset();
  acks.clear();
  if (pump.on_disconnected(was_online && why.wordless)) refused_something = true;
  for (auto& entry : datasets) entry.second->go_offline();
  const Duration delay = was_online ? wait_after_loss(why) : wait_after_failure(why);
  if (was_online || shown.detail != why.detail) {
    log.warning("{}: {}: {}", was_online ? "connection to the broker lost" : "cannot connect to the broker", why.state,
                why.detail);
  }
  enter(Phase::waiting, why.state);
  shown.detail = why.detail;
  connect_after(delay);
}

// `why` becomes a take-over when it looks like one.
Duration Session::Impl::wait_after_loss(Disconnected& why) {
  const Duration stood = loop.clock().steady() - connected_at;
  std::optional<Duration> away;
  if (why.state == state::kTakenOver) {
    away = takeovers.told(stood, random);
  } else if (why.wordless && !refused_something) {
    away = takeovers.closed(stood, random);
    if (away) {
      why.detail = fmt::format(
          "the broker keeps closing connections that it has accepted, without a word: most likely another client uses "
          "our client id {}_{}; every gateway of a store needs a [store] gateway of its own",
          options.store, options.gateway);
      why.state = state::kTakenOver;
    }
  } else {
    takeovers.explained(stood);
  }
  if (away) return *away;
  if (why.state == state::kServerBusy) return retry.after_busy(random);
  return retry.after_loss(stood, pump.counters().acknowledged > acknowledged_before, random);
}

Duration Session::Impl::wait_after_failure(const Disconnected& why) {
  takeovers.failed();
  pump.on_attempt_failed();
  return why.state == state::kServerBusy ? retry.after_busy(random) : retry.after_failure(random);
}

// Goes with "online": the rival may be back at any time.
std::string Session::Impl::takeover_note() const {
  if (phase != Phase::online || takeovers.count() == 0) return "";
  if (loop.clock().steady() - connected_at >= TakeoverWatch::kPeace) return "";
  return fmt::format("another client uses our client id; times it has taken over so far: {}", takeovers.count());
}

void Session::Impl::on_acknowledged(std::uint64_t token, int reason) {
  if (reason >= 0x80) refused_something = true;
  if (reason < 0x80 && subscribed) ++proofs;
  acks.answered(token);
  if (const auto control = control_in_flight.extract(token)) {
    if (reason >= 0x80) {
      log.warning("a status, reply or sync request was refused by the broker (reason 0x{:02x})", reason);
    } else if (control.mapped()) {
      control.mapped()();
    }
    pump.set_capacity(capacity());
  } else {
    pump.on_acknowledged(token, reason);
  }
  if (stop_done && phase == Phase::online && pump.settled()) say_goodbye();
}

void Session::Impl::on_message(const InMessage& message) {
  const std::string_view topic = message.topic;
  const auto below = [topic](std::string_view parent, std::string_view folder) -> std::optional<std::string_view> {
    const std::size_t length = parent.size() + folder.size();
    if (topic.size() <= length || !topic.starts_with(parent)) return std::nullopt;
    if (topic.substr(parent.size(), folder.size()) != folder) return std::nullopt;
    return topic.substr(length);
  };
  if (const auto name = below(base, "/sync/")) return on_dataset_topic(*name, message, true);
  if (const auto name = below(all_base, "/sync/")) return on_dataset_topic(*name, message, false);
  if (const auto name = below(base, "/cmd/")) host.on_command(*name, message);
}

void Session::Impl::on_dataset_topic(std::string_view name, const InMessage& message, bool own) {
  const auto dataset = parse_dataset(name);
  const auto found = dataset ? datasets.find(*dataset) : datasets.end();
  if (phase == Phase::online && found != datasets.end()) found->second->on_message(message.payload, own);
}

void Session::Impl::on_subscribed(const std::vector<std::pair<std::string, bool>>& granted) {
  if (phase != Phase::online) return;
  std::string refused;
  for (const auto& topic : granted) {
    if (!topic.second) refused += (refused.empty() ? "" : ", ") + topic.first;
  }
  if (!refused.empty()) {
    shown.detail = "the broker refused to subscribe " + refused;
    log.warning("{}", shown.detail);
  }
  subscriptions_answered = true;
  subscribed = refused.empty();
  if (subscribed) ++proofs;
  if (stop_done) return;
  for (auto& entry : datasets) entry.second->go_online();
  pump.set_capacity(capacity());
}

std::uint64_t Session::Impl::publish_event(OutMessage message) {
  const std::uint64_t token = next_token++;
  acks.sent(token);
  transport.publish(token, std::move(message));
  return token;
}

void Session::Impl::send_request(Dataset dataset, std::string payload) {
  OutMessage message;
  message.topic = fmt::format("{}/sync/{}/request", base, to_string(dataset));
  message.payload = std::move(payload);
  message.content_type = "application/json";
  message.utf8_payload = true;
  publish_control(std::move(message));
}

void Session::Impl::publish_control(OutMessage message, std::function<void()> accepted) {
  const std::uint64_t token = next_token++;
  control_in_flight.emplace(token, std::move(accepted));
  acks.sent(token);
  transport.publish(token, std::move(message));
  pump.set_capacity(capacity());
}

std::string Session::Impl::status_payload(std::string_view state, UnixTime since) const {
  Json out = Json::object();
  out["state"] = state;
  out["since"] = format_rfc3339(since);
  out["version"] = options.version;
  out["epoch"] = options.epoch;
  if (!options.box_key.empty()) out["box_key"] = options.box_key;
  if (!options.config.is_null()) out["config"] = options.config;
  if (!options.update.is_null()) out["update"] = options.update;
  return out.dump();
}

void Session::Impl::publish_status(std::string_view state, UnixTime since) {
  OutMessage message;
  message.topic = status_topic();
  message.payload = status_payload(state, since);
  message.retain = true;
  message.content_type = "application/json";
  message.utf8_payload = true;
  publish_control(std::move(message));
}

std::vector<std::string> Session::Impl::subscriptions() const {
  std::vector<std::string> topics{base + "/cmd/+"};
  for (const auto& entry : datasets) {
    topics.push_back(fmt::format("{}/sync/{}", base, to_string(entry.first)));
    topics.push_back(fmt::format("{}/sync/{}", all_base, to_string(entry.first)));
  }
  return topics;
}

// Status and requests share the broker's receive maximum with the events.
std::size_t Session::Impl::capacity() const {
  const std::size_t allowed = broker.receive_maximum;
  const std::size_t left = allowed - std::min(allowed, control_in_flight.size());
  return std::min<std::size_t>(options.window, left);
}

void Session::Impl::stop(milliseconds deadline, std::function<void()> done) {
  if (stop_done || phase == Phase::stopped) return;
  stop_done = std::move(done);
  cancel(connect_timer);
  shown.next_attempt.reset();
  pump.stop_reading();
  for (auto& entry : datasets) entry.second->go_offline();
  if (phase == Phase::connecting) {
    phase = Phase::closing;
    transport.disconnect();
    stop_timer = loop.after(kGoodbye, [this] { finish_stop(); });
  } else if (phase != Phase::online) {
    finish_stop();
  } else if (pump.settled()) {
    say_goodbye();
  } else {
    stop_timer = loop.after(deadline, [this] { say_goodbye(); });
  }
}

void Session::Impl::say_goodbye() {
  cancel(stop_timer);
  phase = Phase::closing;
  publish_status("offline", loop.clock().now());
  transport.disconnect();
  stop_timer = loop.after(kGoodbye, [this] { finish_stop(); });
}

void Session::Impl::finish_stop() {
  if (phase == Phase::stopped) return;
  cancel(stop_timer);
  enter(Phase::stopped, state::kStopped);
  pump.on_disconnected(false);
  pump.flush_acknowledgements();
  loop.post(std::exchange(stop_done, nullptr));
}

void Session::Impl::cancel(TimerId& timer) {
  if (timer != 0) loop.cancel(timer);
  timer = 0;
}

Session::Session(SessionOptions options, Loop& loop, Random& random, Transport& transport, store::Store& store,
                 SessionHost& host, const Log& log)
    : impl_(std::make_unique<Impl>(std::move(options), loop, random, transport, store, host, log)) {}

Session::~Session() = default;

void Session::start(const store::Loaded& loaded) {
  impl_->pump.start(loaded.outbox_rows, loaded.outbox_last_id);
  for (const auto& entry : loaded.datasets) {
    const auto found = impl_->datasets.find(entry.first);
    if (found != impl_->datasets.end()) found->second->restore(entry.second.epoch, entry.second.cursor);
  }
  for (const auto& entry : loaded.staging) {
    const auto found = impl_->datasets.find(entry.first);
    if (found != impl_->datasets.end()) found->second->resume(entry.second);
  }
  impl_->connect_now();
}

void Session::on_committed(const std::vector<store::OutboxEvent>& events, std::int64_t first_id) {
  impl_->pump.on_committed(events, first_id);
}

void Session::on_dataset_changed(Dataset dataset, const store::DatasetState& state) {
  const auto found = impl_->datasets.find(dataset);
  if (found != impl_->datasets.end()) found->second->restore(state.epoch, state.cursor);
}

bool Session::reply(OutMessage message, std::function<void()> accepted) {
  if (impl_->phase != Phase::online) return false;
  impl_->publish_control(std::move(message), std::move(accepted));
  return true;
}

void Session::forget(const std::vector<std::int64_t>& outbox_ids) {
  impl_->pump.forget(outbox_ids);
}

void Session::stop(milliseconds deadline, std::function<void()> done) {
  impl_->stop(deadline, std::move(done));
}

void Session::on_revived(std::int64_t newest_id) {
  impl_->pump.on_revived(newest_id);
}

IdRanges Session::held_ids() const {
  return impl_->pump.held_ids();
}

void Session::set_config(Json config) {
  if (config == impl_->options.config) return;
  impl_->options.config = std::move(config);
  if (impl_->phase == Phase::online) impl_->publish_status("online", impl_->options.started);
}

void Session::set_update(Json update) {
  if (update == impl_->options.update) return;
  impl_->options.update = std::move(update);
  if (impl_->phase == Phase::online) impl_->publish_status("online", impl_->options.started);
}

bool Session::online() const {
  return impl_->phase == Phase::online;
}

std::uint64_t Session::proofs() const {
  return impl_->proofs;
}

bool Session::drained() const {
  return impl_->pump.drained();
}

SessionStatus Session::status() const {
  SessionStatus status = impl_->shown;
  if (status.detail.empty()) status.detail = impl_->takeover_note();
  if (impl_->phase == Phase::online) status.broker = impl_->broker.broker;
  const PumpCounters& counters = impl_->pump.counters();
  status.published = counters.published;
  status.acknowledged = counters.acknowledged;
  status.resent = counters.resent;
  status.refused = counters.refused;
  status.in_flight = static_cast<std::uint32_t>(impl_->pump.in_flight());
  for (const auto& entry : impl_->datasets) status.datasets[entry.first] = entry.second->status();
  return status;
}

}  // namespace aisle::sync
