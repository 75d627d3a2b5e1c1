#include "sync/core/pump.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "sync/core/session.hpp"

namespace aisle::sync {
namespace {

constexpr std::size_t kPageRows = 512;
constexpr std::size_t kPageBytes = std::size_t{512} << 10U;
// A page is read when fewer than this wait to be sent: while a commit keeps the database, there is something to send.
constexpr std::size_t kLowWater = 1024;
// Together 2,048 events and 3 MiB. A page is read when there is room for all of it.
constexpr std::size_t kMaxLive = 384;
constexpr std::size_t kMaxLiveBytes = std::size_t{768} << 10U;
constexpr std::size_t kMaxBacklog = 1664;
constexpr std::size_t kMaxBacklogBytes = std::size_t{2304} << 10U;
constexpr std::size_t kMaxTaken = 1024;  // ranges of ids; a live event that would make one more is left to the backlog
constexpr unsigned kLiveInARow = 3;      // then it is the backlog's turn: a quarter of the window
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
constexpr unsigned kMaxHangUps = 3;    // connections that an event ended when sent alone; then it counts as refused
constexpr Duration kHangUpWithin = seconds(5);  // of the send: a connection that ends later ends for something else
constexpr int kUnspecified = 0x80;              // MQTT 5.0, 2.4 "Reason Code"
constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

constexpr std::int64_t kNoEnd = std::numeric_limits<std::int64_t>::max() - 1;  // of a range of ids

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
      limit_(kNoLimit),
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
    newest_ = std::max(newest_, id);
    if (id > read_after_) take_live(id, event);  // else a page had it before this notice came
    ++id;
  }
  fill();
}

void Pump::take_live(std::int64_t id, const store::OutboxEvent& event) {
  const bool room = live_.size() < kMaxLive && live_.bytes() < kMaxLiveBytes && taken_.size() < kMaxTaken;
  if (!online_ || !room || taken_.contains(id)) return;
  live_.hold(id, event);
  taken_.add(id);
  skip_taken();
}

// Where nothing older is left to be read, what was taken live has been passed.
void Pump::skip_taken() {
  taken_.remove_through(read_after_);
  const IdRange next = taken_.beginning_at(read_after_ + 1);
  read_after_ = next.last;
  taken_.remove_through(read_after_);
}

void Pump::on_revived(std::int64_t newest_id) {
  refused_types_.clear();
  newest_ = std::max(newest_, newest_id);
  fill();
}

void Pump::on_connected(std::size_t capacity) {
  judge_suspect();
  online_ = true;
  online_since_ = loop_.clock().steady();
  refused_types_.connected();
  set_capacity(capacity);
}

void Pump::set_capacity(std::size_t capacity) {
  capacity_ = capacity;
  fill();
}

bool Pump::on_disconnected(bool wordless) {
  online_ = false;
  cancel(pause_timer_);
  cancel(read_timer_);
  const auto in_flight = std::exchange(in_flight_, {});
  const bool alone = std::exchange(alone_, false);
  for (const auto& [token, flight] : in_flight) flight.lane->put_back(flight.id);
  if (!wordless) return false;
  if (!in_flight.empty()) limit_ = 1;
  refused_types_.hung_up();
  if (!alone || in_flight.empty()) return false;
  const Flight flight = in_flight.begin()->second;
  const Lane::Item& item = flight.lane->at(flight.id);
  if (loop_.clock().steady() - item.sent > kHangUpWithin) return false;
  suspect_ = flight;
  return item.hang_ups + 1 >= kMaxHangUps;
}

void Pump::on_attempt_failed() {
  if (suspect_ && suspect_->lane->is_unsent(suspect_->id)) suspect_->lane->at(suspect_->id).hang_ups = 0;
  suspect_.reset();
}

// The broker is there, and lets us in: it ended the connection before for the event.
void Pump::judge_suspect() {
  const auto suspect = std::exchange(suspect_, std::nullopt);
  if (!suspect || !suspect->lane->is_unsent(suspect->id)) return;
  Lane::Item& item = suspect->lane->at(suspect->id);
  if (++item.hang_ups < kMaxHangUps) return;
  refused_types_.refused(item.event.type, kUnspecified, loop_.clock().steady());
  refused_types_.hung_up();
  give_up(*suspect, kUnspecified, "the broker answers it by ending the connection, without a word");
}

bool Pump::on_acknowledged(std::uint64_t token, int reason) {
  const auto found = in_flight_.find(token);
  if (found == in_flight_.end()) return false;
  const Flight flight = found->second;
  in_flight_.erase(found);
  alone_ = false;
  if (limit_ != kNoLimit && ++limit_ > kMaxBacklog) limit_ = kNoLimit;
  if (reason >= 0x80) {
    on_refusal(token, flight, reason);
  } else if (reason == kNoMatchingSubscribers && flight.lane->at(flight.id).sent - online_since_ < kConsumerGrace) {
    flight.lane->put_back(flight.id);
    pause(kConsumerPause);
  } else {
    ++counters_.acknowledged;
    refusal_backoff_.reset();
    refused_types_.accepted(flight.lane->at(flight.id).event.type);
    finish(flight);
  }
  fill();
  return true;
}

void Pump::forget(const std::vector<std::int64_t>& ids) {
  for (const std::int64_t id : ids) {
    for (Lane* lane : {&live_, &backlog_}) {
      if (lane->is_unsent(id)) lane->release(id);
    }
    if (reading_) forgotten_.add(id);
  }
  fill();
}

IdRanges Pump::held_ids() const {
  IdRanges ids;
  live_.add_ids(ids);
  backlog_.add_ids(ids);
  ids.add(acknowledged_);
  ids.add(IdRange{(reading_ ? read_after_ : newest_) + 1, kNoEnd});
  return ids;
}

void Pump::flush_acknowledgements() {
  cancel(flush_timer_);
  if (acknowledged_.empty()) return;
  store_.acknowledge(std::exchange(acknowledged_, {}));
}

Lane* Pump::next_lane() {
  if (!backlog_.waiting()) return live_.waiting() ? &live_ : nullptr;
  return live_.waiting() && live_in_a_row_ < kLiveInARow ? &live_ : &backlog_;
}

void Pump::fill() {
  if (!online_) return;
  while (pause_timer_ == 0 && !alone_ && in_flight_.size() < std::min(capacity_, limit_)) {
    Lane* lane = next_lane();
    if (lane == nullptr || !advance(*lane)) break;
  }
  read_page();
}

bool Pump::advance(Lane& lane) {
  using Treatment = RefusedTypes::Treatment;
  const std::int64_t id = lane.next();
  const std::string& type = lane.at(id).event.type;
  const Treatment treatment = refused_types_.treatment(type, loop_.clock().steady());
  if (treatment == Treatment::spared) {
    const int reason = refused_types_.reason(type);
    give_up(
        {&lane, id}, reason,
        fmt::format("not sent: the broker refuses its type (reason 0x{:02x}), and ends the connection for it", reason));
    return true;
  }
  const bool alone = limit_ == 1 || treatment == Treatment::alone;
  if (alone && !(in_flight_.empty() && port_.quiet())) return false;
  alone_ = alone;
  send(lane);
  return true;
}

void Pump::send(Lane& lane) {
  live_in_a_row_ = &lane == &live_ && backlog_.waiting() ? live_in_a_row_ + 1 : 0;
  const std::int64_t id = lane.take();
  Lane::Item& item = lane.at(id);
  OutMessage message;
  message.topic = event_topic(options_.prefix, options_.store, options_.gateway, item.event.type);
  message.payload = item.event.payload;
  message.content_type = "application/cloudevents+json; charset=utf-8";
  message.utf8_payload = true;
  const bool replay = item.handed || &lane == &backlog_ || item.event.epoch != options_.epoch;
  if (replay) message.user_properties.emplace_back("replay", "true");
  ++counters_.published;
  if (item.handed) ++counters_.resent;
  item.handed = true;
  item.sent = loop_.clock().steady();
  in_flight_.emplace(port_.publish_event(std::move(message)), Flight{&lane, id});
}

void Pump::read_page() {
  if (!online_ || reading_ || draining_ || read_timer_ != 0 || read_after_ >= newest_) return;
  if (backlog_.unsent() >= kLowWater || backlog_.size() + kPageRows > kMaxBacklog) return;
  if (backlog_.bytes() + kPageBytes > kMaxBacklogBytes) return;
  reading_ = true;
  const auto done = [this, alive = std::weak_ptr<int>(alive_), asked = newest_](auto page) {
    if (!alive.expired()) on_page(std::move(page), asked);
  };
  store_.read_outbox(read_after_, kPageRows, kPageBytes, done);
}

void Pump::on_page(Result<std::vector<store::OutboxRow>> page, std::int64_t newest_when_asked) {
  reading_ = false;
  const IdRanges forgotten = std::exchange(forgotten_, {});
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
    if (taken_.contains(row.id) || forgotten.contains(row.id)) continue;
    if (row.damaged) {
      store_.set_aside(row.id);
    } else {
      backlog_.hold(row.id, std::move(row.event));
    }
  }
  skip_taken();
  fill();
}

void Pump::on_refusal(std::uint64_t token, Flight flight, int reason) {
  const Refusal kind = classify(reason);
  Lane::Item& item = flight.lane->at(flight.id);
  ++item.refusals;
  if (kind == Refusal::busy || (kind == Refusal::unspecific && item.refusals < kMaxRefusals)) {
    flight.lane->put_back(flight.id);
    pause_for_refusal(token);
    return;
  }
  refused_types_.refused(item.event.type, reason, loop_.clock().steady());
  give_up(flight, reason, fmt::format("refused by the broker with reason 0x{:02x}", reason));
}

void Pump::give_up(Flight flight, int reason, const std::string& why) {
  ++counters_.refused;
  const store::OutboxEvent event = flight.lane->at(flight.id).event;
  flight.lane->release(flight.id);
  store_.dead_letter(flight.id, reason, why);
  port_.event_refused(event, reason, why);
  tell_store();
}

void Pump::finish(Flight flight) {
  flight.lane->release(flight.id);
  acknowledged_.add(flight.id);
  tell_store();
}

// What was in flight when it was set belongs to the same refusal, and makes neither this pause nor the next one longer.
void Pump::pause_for_refusal(std::uint64_t token) {
  if (token > refused_through_) {
    refused_through_ = in_flight_.empty() ? token : std::max(token, in_flight_.rbegin()->first);
    refusal_pause_ = refusal_backoff_.next(random_);
  }
  pause(refusal_pause_);
}

void Pump::pause(Duration span) {
  if (pause_timer_ != 0) return;
  pause_timer_ = loop_.after(span, [this] {
    pause_timer_ = 0;
    fill();
  });
}

void Pump::tell_store() {
  if (acknowledged_.empty()) return;
  if (acknowledged_.count() >= kAckBatch || held() == 0) {
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
