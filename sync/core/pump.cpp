#include "sync/core/pump.hpp"

#include <algorithm>
#include <utility>

#include "sync/core/session.hpp"

namespace aisle::sync {
namespace {

constexpr std::size_t kPageRows = 256;
constexpr std::size_t kPageBytes = std::size_t{256} << 10U;
constexpr std::size_t kLowWater = 128;  // a page is read when fewer than this wait to be sent
constexpr std::size_t kMaxHeld = 1024;
constexpr std::size_t kMaxHeldBytes = std::size_t{2} << 20U;
constexpr std::size_t kAckBatch = 32;
constexpr Duration kAckDelay = milliseconds(50);
constexpr Duration kReadRetry = seconds(1);
constexpr Duration kMaxRefusalPause = seconds(60);
// A broker that was restarted has lost its clients too: for a while after connecting, "no matching subscribers" means
// that the consumer is not back yet, and the broker has thrown the message away. Later it means that nobody wants this
// topic.
constexpr int kNoMatchingSubscribers = 0x10;
constexpr Duration kConsumerGrace = seconds(15);
constexpr Duration kConsumerPause = milliseconds(500);
constexpr unsigned kMaxRefusals = 16;  // then an unspecific refusal counts as permanent: it must not block for ever

enum class Refusal { permanent, unspecific, busy };

// MQTT 5.0, 2.4 "Reason Code".
Refusal classify(int reason) {
  switch (reason) {
    case 0x87:  // not authorized
    case 0x90:  // topic name invalid
    case 0x95:  // packet too large
    case 0x99:  // payload format invalid
    case 0x9A:  // retain not supported
    case 0x9B:  // QoS not supported
      return Refusal::permanent;
    case 0x89:  // server busy
    case 0x96:  // message rate too high
    case 0x97:  // quota exceeded
      return Refusal::busy;
    default:
      return Refusal::unspecific;
  }
}

}  // namespace

Pump::Pump(PumpOptions options, Loop& loop, Random& random, store::Store& store, PumpPort& port, const Log& log)
    : options_(std::move(options)),
      loop_(loop),
      random_(random),
      store_(store),
      port_(port),
      log_(log),
      refusal_backoff_(seconds(1), kMaxRefusalPause, Jitter::half) {}

Pump::~Pump() {
  cancel(pause_timer_);
  cancel(flush_timer_);
  cancel(read_timer_);
}

void Pump::start(std::uint64_t rows, std::int64_t last_id) {
  newest_ = std::max(newest_, last_id);
  if (rows == 0) read_after_ = std::max(read_after_, last_id);
}

void Pump::on_committed(const std::vector<store::OutboxEvent>& events, std::int64_t first_id) {
  std::int64_t id = first_id;
  for (const auto& event : events) {
    const bool nothing_older = newest_ == read_after_ && id == newest_ + 1 && !reading_;
    newest_ = std::max(newest_, id);
    if (nothing_older && online_ && held_.size() < kMaxHeld && held_bytes_ < kMaxHeldBytes) {
      hold(id, event, true);
      read_after_ = id;
    }
    ++id;
  }
  fill();
}

void Pump::on_connected(std::size_t capacity) {
  online_ = true;
  online_since_ = loop_.clock().steady();
  set_capacity(capacity);
}

void Pump::set_capacity(std::size_t capacity) {
  capacity_ = capacity;
  fill();
}

void Pump::on_disconnected() {
  online_ = false;
  for (const auto& flight : in_flight_) unsent_.insert(flight.second);
  in_flight_.clear();
  cancel(pause_timer_);
  cancel(read_timer_);
}

bool Pump::on_acknowledged(std::uint64_t token, int reason) {
  const auto flight = in_flight_.find(token);
  if (flight == in_flight_.end()) return false;
  const std::int64_t id = flight->second;
  in_flight_.erase(flight);
  Item& item = held_.at(id);
  if (reason >= 0x80) {
    refuse(id, item, reason);
  } else if (reason == kNoMatchingSubscribers && item.sent - online_since_ < kConsumerGrace) {
    unsent_.insert(id);
    pause(kConsumerPause);
  } else {
    ++counters_.acknowledged;
    refusal_backoff_.reset();
    finish(item);
  }
  advance();
  fill();
  return true;
}

void Pump::forget(const std::vector<std::int64_t>& ids) {
  for (const std::int64_t id : ids) {
    if (unsent_.erase(id) > 0) finish(held_.at(id));
  }
  advance();
  fill();
}

std::int64_t Pump::highest_in_flight() const {
  std::int64_t highest = 0;
  for (const auto& entry : in_flight_) highest = std::max(highest, entry.second);
  return highest;
}

void Pump::flush_acknowledgements() {
  cancel(flush_timer_);
  if (unflushed_ == 0) return;
  unflushed_ = 0;
  store_.acknowledge_through(acknowledged_through_);
}

void Pump::hold(std::int64_t id, store::OutboxEvent event, bool live) {
  held_bytes_ += event.payload.size();
  Item item;
  item.event = std::move(event);
  item.live = live;
  held_.emplace(id, std::move(item));
  unsent_.insert(id);
}

void Pump::finish(Item& item) {
  held_bytes_ -= item.event.payload.size();
  item.event.payload = std::string();
  item.done = true;
}

void Pump::fill() {
  if (!online_) return;
  while (pause_timer_ == 0 && !unsent_.empty() && in_flight_.size() < capacity_) send(*unsent_.begin());
  read_page();
}

void Pump::send(std::int64_t id) {
  unsent_.erase(id);
  Item& item = held_.at(id);
  OutMessage message;
  message.topic = event_topic(options_.prefix, options_.store, options_.gateway, item.event.type);
  message.payload = item.event.payload;
  message.content_type = "application/cloudevents+json; charset=utf-8";
  message.utf8_payload = true;
  const bool replay = item.handed || !item.live || item.event.epoch != options_.epoch;
  if (replay) message.user_properties.emplace_back("replay", "true");
  ++counters_.published;
  if (item.handed) ++counters_.resent;
  item.handed = true;
  item.sent = loop_.clock().steady();
  in_flight_.emplace(port_.publish_event(std::move(message)), id);
}

void Pump::read_page() {
  if (!online_ || reading_ || draining_ || read_timer_ != 0 || read_after_ >= newest_) return;
  if (unsent_.size() >= kLowWater || held_.size() >= kMaxHeld || held_bytes_ >= kMaxHeldBytes) return;
  reading_ = true;
  const auto done = [this, alive = std::weak_ptr<int>(alive_), asked = newest_](auto page) {
    if (!alive.expired()) on_page(std::move(page), asked);
  };
  store_.read_outbox(read_after_, kPageRows, kPageBytes, done);
}

void Pump::on_page(Result<std::vector<store::OutboxRow>> page, std::int64_t newest_when_asked) {
  reading_ = false;
  if (draining_) return;
  if (!page) {
    log_.warning("outbox: cannot be read, trying again: {}", page.error().message());
    read_timer_ = loop_.after(kReadRetry, [this] {
      read_timer_ = 0;
      fill();
    });
    return;
  }
  // Rows that a bound removed in the meantime leave nothing to read up to what was the newest.
  if (page->empty()) read_after_ = std::max(read_after_, newest_when_asked);
  for (auto& row : *page) {
    if (row.id <= read_after_) continue;
    read_after_ = row.id;
    hold(row.id, std::move(row.event), false);
  }
  fill();
}

void Pump::refuse(std::int64_t id, Item& item, int reason) {
  const Refusal kind = classify(reason);
  ++item.refusals;
  if (kind == Refusal::busy || (kind == Refusal::unspecific && item.refusals < kMaxRefusals)) {
    unsent_.insert(id);
    pause(refusal_backoff_.next(random_));
    return;
  }
  ++counters_.refused;
  const store::OutboxEvent event = item.event;
  finish(item);
  store_.dead_letter(id, reason, fmt::format("refused by the broker with reason 0x{:02x}", reason));
  port_.event_refused(event, reason);
}

void Pump::pause(Duration span) {
  if (pause_timer_ != 0) return;
  pause_timer_ = loop_.after(span, [this] {
    pause_timer_ = 0;
    fill();
  });
}

void Pump::advance() {
  while (!held_.empty() && held_.begin()->second.done) {
    acknowledged_through_ = held_.begin()->first;
    held_.erase(held_.begin());
    ++unflushed_;
  }
  if (unflushed_ == 0) return;
  if (unflushed_ >= kAckBatch || held_.empty()) {
    flush_acknowledgements();
  } else if (flush_timer_ == 0) {
    flush_timer_ = loop_.after(kAckDelay, [this] {
      flush_timer_ = 0;
      flush_acknowledgements();
    });
  }
}

void Pump::cancel(TimerId& timer) {
  if (timer != 0) loop_.cancel(timer);
  timer = 0;
}

}  // namespace aisle::sync
