#include "tests/bluez/controller/player.hpp"

#include <algorithm>
#include <utility>

namespace aisle::rig {
namespace {

UnixTime time_of(const SourceItem& item) {
  if (const auto* advert = std::get_if<Advert>(&item)) return advert->at.wall;
  if (const auto* state = std::get_if<ReceiverState>(&item)) return state->at.wall;
  if (const auto* tick = std::get_if<ClockTick>(&item)) return tick->at.wall;
  return {};
}

class Player final : public Program {
 public:
  Player(std::unique_ptr<ItemReader> reader, const PlayOptions& options)
      : reader_(std::move(reader)), options_(options), origin_(options.origin) {}

  std::optional<Duration> due() override {
    if (!ready_) fetch();
    if (!ready_) return std::nullopt;
    return due_;
  }

  const Advertisement& take() override {
    ready_ = false;
    return advert_;
  }

 private:
  // The next advert for us; none at the end.
  void fetch() {
    for (;;) {
      const SourceItem item = reader_->next();
      if (std::holds_alternative<SourceEnd>(item)) return;
      if (!origin_) origin_ = time_of(item);
      const auto* heard = std::get_if<Advert>(&item);
      if (heard == nullptr || (options_.receiver && heard->receiver != *options_.receiver)) continue;
      load(*heard);
      return;
    }
  }

  void load(const Advert& heard) {
    const ByteSpan data = heard.payload.view();
    advert_.address = heard.address;
    advert_.kind = data.size() <= kMaxLegacyData ? options_.kind : PduKind::extended_nonconn;
    advert_.rssi = heard.rssi;
    advert_.payload.assign(data.begin(), data.end());
    const Duration since = std::max(heard.at.wall - *origin_, Duration{0});
    const double scaled = options_.speed <= 0 ? 0.0 : static_cast<double>(since.count()) / options_.speed;
    due_ = std::max(due_, Duration{static_cast<std::int64_t>(scaled)});
    ready_ = true;
  }

  const std::unique_ptr<ItemReader> reader_;
  const PlayOptions options_;
  std::optional<UnixTime> origin_;
  Duration due_{0};
  bool ready_ = false;
  Advertisement advert_;
};

class ItemList final : public ItemReader {
 public:
  explicit ItemList(std::vector<SourceItem> items) : items_(std::move(items)) {}
  SourceItem next() override { return next_ < items_.size() ? items_[next_++] : SourceItem(SourceEnd{}); }

 private:
  std::vector<SourceItem> items_;
  std::size_t next_ = 0;
};

}  // namespace

std::unique_ptr<Program> make_player(std::unique_ptr<ItemReader> reader, const PlayOptions& options) {
  return std::make_unique<Player>(std::move(reader), options);
}

std::unique_ptr<Program> make_player(std::vector<SourceItem> items, const PlayOptions& options) {
  return std::make_unique<Player>(std::make_unique<ItemList>(std::move(items)), options);
}

}  // namespace aisle::rig
