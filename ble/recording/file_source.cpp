#include "ble/recording/file_source.hpp"

#include <algorithm>

#include "ble/recording/recording.hpp"

namespace aisle::recording {
namespace {

constexpr seconds kTick{1};
// The injected clock may run at another pace than the condition variable's: it is asked again at least this often.
constexpr Duration kLongestWait = milliseconds{100};

const Stamp* stamp_of(const SourceItem& item) {
  if (const auto* advert = std::get_if<Advert>(&item)) return &advert->at;
  if (const auto* state = std::get_if<ReceiverState>(&item)) return &state->at;
  if (const auto* tick = std::get_if<ClockTick>(&item)) return &tick->at;
  return nullptr;
}

std::string closing_words(const SourceEnd& end, const ItemReader& reader) {
  std::string words = end.error;
  const auto* recording = dynamic_cast<const RecordingReader*>(&reader);
  if (recording == nullptr || recording->stats().skipped == 0) return words;
  const RecordingStats& stats = recording->stats();
  if (!words.empty()) words += "; ";
  return words +
         fmt::format("{} of {} records skipped, the first: {}", stats.skipped, stats.records, stats.first_problem);
}

}  // namespace

ReplaySource::ReplaySource(ReaderFactory factory, ReplayOptions options, const Clock& clock)
    : factory_(std::move(factory)), options_(std::move(options)), clock_(clock) {}

ReplaySource::~ReplaySource() {
  stop();
}

Status ReplaySource::start(SourceSink& sink) {
  auto reader = factory_();
  if (!reader) return tl::unexpected(reader.error());
  reader_ = std::move(*reader);
  sink_ = &sink;
  const std::scoped_lock lock(join_mutex_);
  thread_ = std::thread([this] { run(); });
  return {};
}

void ReplaySource::release() {
  const std::scoped_lock lock(mutex_);
  released_ = true;
  changed_.notify_all();
}

void ReplaySource::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  const std::scoped_lock lock(join_mutex_);
  if (thread_.joinable()) thread_.join();
}

SourceStatus ReplaySource::status() const {
  const std::scoped_lock lock(mutex_);
  SourceStatus status{options_.source, "waiting", {}};
  if (state_ == State::waiting) return status;
  status.state = state_ == State::playing ? "playing" : state_ == State::ended ? "ended" : "stopped";
  status.detail = fmt::format("{} items", items_);
  if (items_ > 0) status.detail += ", at " + format_rfc3339(position_);
  if (!closing_words_.empty()) status.detail += "; " + closing_words_;
  return status;
}

void ReplaySource::run() {
  bool going = wait_for_gate();
  while (going) {
    SourceItem item = reader_->next();
    if (const auto* end = std::get_if<SourceEnd>(&item)) return finish(*end);
    going = play(std::move(item));
  }
  const std::scoped_lock lock(mutex_);
  state_ = State::stopped;
}

bool ReplaySource::wait_for_gate() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return released_ || stopping_; });
  state_ = State::playing;
  return !stopping_;
}

// Puts `item` when it is due, and before it the ticks of the silence that it ends.
bool ReplaySource::play(SourceItem item) {
  const Stamp at = *stamp_of(item);
  if (!origin_) {
    origin_ = Origin{at.mono, clock_.steady()};
    played_to_ = at.mono;
  }
  if (options_.speed > 0) {
    while (played_to_ + kTick < at.mono) {
      const SteadyTime tick = played_to_ + kTick;
      if (!wait_until_due(tick) || !put(ClockTick{{tick, at.wall - (at.mono - tick)}})) return false;
      played_to_ = tick;
    }
    if (!wait_until_due(at.mono)) return false;
  }
  played_to_ = std::max(played_to_, at.mono);
  return put(std::move(item));
}

bool ReplaySource::wait_until_due(SteadyTime recording_time) {
  const double scaled = static_cast<double>((recording_time - origin_->recording).count()) / options_.speed;
  constexpr double kForever = 1e17;  // microseconds, 3,000 years: keeps a tiny speed within 64 bits
  const SteadyTime due = origin_->steady + Duration{static_cast<std::int64_t>(std::min(scaled, kForever))};
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const Duration left = due - clock_.steady();
    if (left.count() <= 0) return true;
    changed_.wait_for(lock, std::min(left, kLongestWait));
  }
  return false;
}

bool ReplaySource::put(SourceItem item) {
  const Stamp at = *stamp_of(item);
  {
    const std::scoped_lock lock(mutex_);
    if (stopping_) return false;
    position_ = at.wall;
    if (!std::holds_alternative<ClockTick>(item)) ++items_;
  }
  if (auto* advert = std::get_if<Advert>(&item)) advert->arrived = clock_.steady();
  return sink_->wait_and_put(std::move(item));
}

void ReplaySource::finish(const SourceEnd& end) {
  const std::string words = closing_words(end, *reader_);
  {
    const std::scoped_lock lock(mutex_);
    state_ = State::ended;
    closing_words_ = words;
  }
  sink_->wait_and_put(end);
}

}  // namespace aisle::recording
