#include "ble/source/radios.hpp"

#include <optional>
#include <thread>
#include <utility>

#include "ble/source/radio_summary.hpp"
#include "ble/source/twins.hpp"

namespace aisle {

// What the radios of one receiver hear, on its way to the sink: each advert once, or again where it was louder.
class Radios::SharedReceiver {
 public:
  bool offer(std::size_t radio, Advert&& advert, SourceSink& sink) {
    // Until it is handed over: the first one must not come after the louder one.
    const std::scoped_lock lock(mutex_);
    const auto verdict = twins_.heard(radio, advert);
    if (verdict == Twins::Verdict::known) return true;
    advert.louder = verdict == Twins::Verdict::louder;
    return sink.offer(std::move(advert));
  }

 private:
  std::mutex mutex_;
  Twins twins_;
};

// What one radio hears, on its way to the sink; and what that radio may ask of the others.
class Radios::Branch final : public SourceSink, public Witnesses {
 public:
  Branch(Radios& all, std::size_t number, const GatewayId& receiver)
      : all_(all), number_(number), receiver_(receiver) {}
  // Before the first start.
  void share(SharedReceiver* with) { shared_ = with; }

  bool offer(SourceItem item) override {
    if (auto* advert = std::get_if<Advert>(&item)) {
      note(*advert);
      advert->receiver = receiver_;
      if (shared_ != nullptr) return shared_->offer(number_, std::move(*advert), *all_.sink_);
    } else if (auto* state = std::get_if<ReceiverState>(&item)) {
      return all_.tell(*this, std::move(*state));
    }
    return all_.sink_->offer(std::move(item));
  }
  bool wait_and_put(SourceItem item) override { return offer(std::move(item)); }

  void heard_since(SteadyTime since, std::vector<Testimony>& out) const override;

  [[nodiscard]] const GatewayId& receiver() const { return receiver_; }
  // As last said; guarded by the mutex of all.
  std::optional<bool> up;

 private:
  void note(const Advert& advert) {
    const std::scoped_lock lock(mutex_);
    recent_.heard(advert.address, advert.rssi, advert.at.mono);
  }
  void testify(const Branch& asking, SteadyTime since, std::vector<Testimony>& out) const {
    if (&asking == this) return;
    const std::scoped_lock lock(mutex_);
    const bool same_receiver = asking.receiver_ == receiver_;
    recent_.visit_since(since, [&](const RecentDevice& device) { out.push_back({device, number_, same_receiver}); });
  }

  Radios& all_;
  const std::size_t number_;
  const GatewayId receiver_;
  SharedReceiver* shared_ = nullptr;  // null: no other radio hears for it
  mutable std::mutex mutex_;          // guards what follows
  RecentDevices recent_;
};

struct Radios::Radio {
  std::string adapter;
  Branch branch;
  std::unique_ptr<AdvertSource> source;

  [[nodiscard]] RadioStatus status() const {
    SourceStatus now = source->status();
    return {adapter,
            std::string(branch.receiver().view()),
            std::move(now.state),
            std::move(now.detail),
            std::move(now.counters),
            std::move(now.scanning)};
  }
};

void Radios::Branch::heard_since(SteadyTime since, std::vector<Testimony>& out) const {
  for (const auto& radio : all_.radios_) radio->branch.testify(*this, since, out);
}

Radios::Radios() = default;

Radios::~Radios() {
  stop();
}

void Radios::add(std::string adapter, const GatewayId& receiver, const Make& make) {
  auto radio = std::unique_ptr<Radio>(new Radio{std::move(adapter), Branch(*this, radios_.size(), receiver), nullptr});
  for (const auto& other : radios_) {
    if (!(other->branch.receiver() == receiver)) continue;
    auto& shared = shared_[receiver];
    if (shared == nullptr) shared = std::make_unique<SharedReceiver>();
    other->branch.share(shared.get());
    radio->branch.share(shared.get());
  }
  radio->source = make(radio->branch);
  radios_.push_back(std::move(radio));
}

Status Radios::start(SourceSink& sink) {
  {
    const std::scoped_lock lock(mutex_);
    sink_ = &sink;
    told_.clear();
    for (const auto& radio : radios_) radio->branch.up.reset();
  }
  for (const auto& radio : radios_) {
    if (const auto started = radio->source->start(radio->branch); !started) {
      stop();
      return fail("{}: {}", radio->adapter, started.error().message());
    }
  }
  return {};
}

void Radios::stop() {
  std::vector<std::thread> stops;
  stops.reserve(radios_.size());
  for (const auto& radio : radios_) stops.emplace_back([&source = *radio->source] { source.stop(); });
  for (auto& one : stops) one.join();
}

SourceStatus Radios::status() const {
  if (radios_.size() == 1) return radios_.front()->source->status();
  std::vector<RadioStatus> all;
  all.reserve(radios_.size());
  for (const auto& radio : radios_) all.push_back(radio->status());
  return summarize(radios_.front()->source->status().source, std::move(all));
}

bool Radios::tell(Branch& from, ReceiverState state) {
  const std::scoped_lock lock(mutex_);
  from.up = state.up;
  bool any_up = false;
  bool any_silent = false;  // has not said anything yet
  for (const auto& radio : radios_) {
    const Branch& branch = radio->branch;
    if (!(branch.receiver() == from.receiver())) continue;
    any_up = any_up || branch.up.value_or(false);
    any_silent = any_silent || !branch.up;
  }
  if (!any_up && any_silent) return true;
  const auto told = told_.find(from.receiver());
  if (told != told_.end() && told->second == any_up) return true;
  told_[from.receiver()] = any_up;
  state.receiver = from.receiver();
  state.up = any_up;
  return sink_->offer(std::move(state));
}

}  // namespace aisle
