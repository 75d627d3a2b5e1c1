#include "agent/cli/air.hpp"

#include <condition_variable>
#include <mutex>
#include <utility>

#include "agent/app/compose.hpp"
#include "agent/app/sources.hpp"
#include "agent/control/client.hpp"
#include "agent/scan/scanner.hpp"
#include "ble/source/item_queue.hpp"
#include "config/config.hpp"

namespace aisle::cli {
namespace {

constexpr milliseconds kBeat{100};
constexpr milliseconds kDaemonPatience{10'000};
constexpr std::size_t kMostInBatch = 256;

// A listener of the daemon's, already greeted; none: no daemon runs.
struct Listener {
  std::unique_ptr<control::Client> client;
  scan::Smoothing smoothing;
};
Result<Listener> listen(const std::string& state_dir) {
  auto client = control::Client::connect(app::control_path_to_ask(state_dir));
  if (!client) return tl::unexpected(client.error());
  Listener out{std::move(*client), {}};
  if (out.client == nullptr) return out;
  if (const auto asked = out.client->ask({{"verb", "scan"}}); !asked) return tl::unexpected(asked.error());
  const auto greeting = out.client->next_line(kDaemonPatience);
  if (!greeting) return tl::unexpected(greeting.error());
  if (!*greeting) return fail("the daemon has stopped");
  if ((*greeting)->contains("error")) return fail("{}", (**greeting)["error"].dump());
  out.smoothing.window = seconds{(*greeting)->value("window_s", std::int64_t{15})};
  out.smoothing.samples = (*greeting)->value("samples", out.smoothing.samples);
  return out;
}

class DaemonAir final : public Air {
 public:
  DaemonAir(std::string state_dir, Listener listener)
      : state_dir_(std::move(state_dir)), client_(std::move(listener.client)), smoothing_(listener.smoothing) {}

  Result<scan::Batch> next() override {
    const auto line = client_->next_line(kDaemonPatience);
    if (!line) return tl::unexpected(line.error());
    if (!*line) return fail("the daemon has stopped");
    return scan::batch_of(**line);
  }
  // Listens anew; the daemon knows the devices by the same names.
  Result<bool> skip() override {
    auto anew = listen(state_dir_);
    if (!anew) return tl::unexpected(anew.error());
    if (anew->client == nullptr) return fail("the daemon has stopped");
    client_ = std::move(anew->client);
    return true;
  }
  [[nodiscard]] scan::Smoothing smoothing() const override { return smoothing_; }
  [[nodiscard]] std::string from() const override { return "aisled"; }

 private:
  std::string state_dir_;
  std::unique_ptr<control::Client> client_;
  scan::Smoothing smoothing_;
};

class OwnAir final : public Air {
 public:
  explicit OwnAir(const config::Config& config)
      : smoothing_{config.presence.smoothing_window, config.presence.smoothing_samples},
        scanner_(GatewayId(config.store.gateway)),
        queue_(config.ble.queue, [this] { wake(); }),
        made_(app::make_source(config, clock_, log_)),
        waits_for_us_(made_.file_source != nullptr && config.ble.speed == 0) {}
  ~OwnAir() override {
    queue_.close();
    made_.source->stop();
  }
  OwnAir(const OwnAir&) = delete;
  OwnAir& operator=(const OwnAir&) = delete;

  Status start() {
    if (auto started = made_.source->start(queue_); !started) return started;
    if (made_.file_source != nullptr) made_.file_source->release();
    return {};
  }

  Result<scan::Batch> next() override {
    wait_for_items();
    queue_.take(items_, kMostInBatch);
    scan::Batch out;
    for (const auto& item : items_) take(item, out);
    if (made_.file_source == nullptr) now_ = clock_.stamp();
    const auto radio = made_.source->status();
    out.now = now_;
    out.dropped = queue_.dropped();
    out.radio = radio.detail.empty() ? radio.state : radio.state + ": " + radio.detail;
    out.ended = ended_;
    return out;
  }
  Result<bool> skip() override {
    if (waits_for_us_) return false;
    scan::Batch ignored;
    for (bool more = true; more;) {
      more = queue_.take(items_, kMostInBatch);
      for (const auto& item : items_) take(item, ignored);
    }
    return true;
  }
  [[nodiscard]] scan::Smoothing smoothing() const override { return smoothing_; }
  [[nodiscard]] std::string from() const override { return made_.source->status().source; }

 private:
  void wake() {
    const std::scoped_lock lock(mutex_);
    woken_ = true;
    changed_.notify_one();
  }
  void wait_for_items() {
    std::unique_lock lock(mutex_);
    if (queue_.size() == 0) changed_.wait_for(lock, kBeat, [this] { return std::exchange(woken_, false); });
  }
  void take(const SourceItem& item, scan::Batch& out) {
    if (const auto* advert = std::get_if<Advert>(&item)) {
      now_ = advert->at;
      out.adverts.push_back(scanner_.hear(*advert));
    } else if (const auto* tick = std::get_if<ClockTick>(&item)) {
      now_ = tick->at;
    } else if (std::holds_alternative<SourceEnd>(item)) {
      ended_ = true;
    }
  }

  SystemClock clock_;
  Log log_{LogLevel::error};
  scan::Smoothing smoothing_;
  scan::Scanner scanner_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
  ItemQueue queue_;
  app::MadeSource made_;
  std::vector<SourceItem> items_;
  Stamp now_;
  bool waits_for_us_;
  bool ended_ = false;
};

}  // namespace

Result<std::unique_ptr<Air>> open_air(const Common& common) {
  auto listener = listen(common.state_dir);
  if (!listener) return tl::unexpected(listener.error());
  if (listener->client != nullptr)
    return std::unique_ptr<Air>(std::make_unique<DaemonAir>(common.state_dir, std::move(*listener)));
  const auto config = config::load(common.config);
  if (!config) return tl::unexpected(config.error().within("no daemon runs, and the configuration is not usable"));
  auto own = std::make_unique<OwnAir>(*config);
  if (const auto started = own->start(); !started) return tl::unexpected(started.error());
  return std::unique_ptr<Air>(std::move(own));
}

}  // namespace aisle::cli
