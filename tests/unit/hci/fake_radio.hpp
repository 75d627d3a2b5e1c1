// A radio control that says what the test tells it to, a socket opener that does as scripted, and a sink to wait on.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ble/hci/hci_source.hpp"
#include "tests/unit/hci/packets.hpp"

namespace aisle::hci::testing {

inline constexpr seconds kPatience{10};

// What the parts of a test share. Thread-safe.
class Scene final : public SourceSink {
 public:
  bool offer(SourceItem item) override {
    return change([&] {
      if (auto* advert = std::get_if<Advert>(&item)) adverts_.push_back(std::move(*advert));
      if (auto* state = std::get_if<ReceiverState>(&item)) told_.push_back(state->up ? "up" : "down: " + state->why);
    });
  }
  bool wait_and_put(SourceItem item) override { return offer(std::move(item)); }

  // The radio.
  void started(SourceSink* adverts, RadioControl::Listener listener) {
    change([&] {
      listener_ = std::move(listener);
      starts_.push_back(adverts != nullptr ? "with adverts" : "control");
    });
  }
  void stopped() {
    change([&] { listener_ = {}; });
  }
  void tell(const RadioState& state) {
    RadioControl::Listener listener;
    {
      const std::scoped_lock lock(mutex_);
      listener = listener_;
    }
    if (listener) listener(state);
  }
  void scans(const std::string& adapter) { tell({true, adapter, "hearing", ""}); }
  void ends(const std::string& state) { tell({false, "", state, "as told"}); }

  // The opener: these failures first, then sockets.
  void refuse(OpenFailure why, std::size_t times = 1) {
    change([&] { refusals_.insert(refusals_.end(), times, why); });
  }
  tl::expected<Fd, OpenError> open(unsigned index) {
    tl::expected<Fd, OpenError> out;
    change([&] {
      opened_.push_back(index);
      if (!refusals_.empty()) {
        out = tl::unexpected<OpenError>({refusals_.front(), "no socket"});
        refusals_.pop_front();
        return;
      }
      pair_ = std::make_unique<Pair>();
      out = std::move(pair_->reader);
    });
    return out;
  }
  bool send(const Bytes& packet) {
    const std::scoped_lock lock(mutex_);
    return pair_ != nullptr && pair_->send(packet);
  }
  void unplug() {
    change([&] { pair_.reset(); });
  }

  // Until `done` holds of this; false when patience ran out.
  bool wait(const std::function<bool(const Scene&)>& done) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return done(*this); });
  }
  bool wait_told(const std::vector<std::string>& all) {
    return wait([&](const Scene& scene) { return scene.told_ == all; });
  }
  bool wait_starts(std::size_t count) {
    return wait([&](const Scene& scene) { return scene.starts_.size() >= count; });
  }
  bool wait_opened(std::size_t count) {
    return wait([&](const Scene& scene) { return scene.opened_.size() >= count; });
  }
  bool wait_adverts(std::size_t count) {
    return wait([&](const Scene& scene) { return scene.adverts_.size() >= count; });
  }
  // Only within `wait`.
  std::vector<std::string> starts_, told_;
  std::vector<unsigned> opened_;

  [[nodiscard]] std::vector<std::string> told() const { return copy(told_); }
  [[nodiscard]] std::vector<std::string> starts() const { return copy(starts_); }
  [[nodiscard]] std::vector<unsigned> opened() const { return copy(opened_); }
  [[nodiscard]] std::vector<Advert> adverts() const { return copy(adverts_); }

 private:
  bool change(const std::function<void()>& how) {
    {
      const std::scoped_lock lock(mutex_);
      how();
    }
    changed_.notify_all();
    return true;
  }
  template <class T>
  T copy(const T& value) const {
    const std::scoped_lock lock(mutex_);
    return value;
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  RadioControl::Listener listener_;
  std::vector<Advert> adverts_;
  std::deque<OpenFailure> refusals_;
  std::unique_ptr<Pair> pair_;
};

class FakeRadio final : public RadioControl {
 public:
  explicit FakeRadio(Scene& scene) : scene_(scene) {}
  Status start(SourceSink* adverts, Listener listener) override {
    scene_.started(adverts, std::move(listener));
    return {};
  }
  void stop() override { scene_.stopped(); }
  void remedy(Remedy) override {}
  [[nodiscard]] SourceStatus status() const override { return {"fake", "hearing", "", {{"adverts", 5}}}; }

 private:
  Scene& scene_;
};

class HciSourceTest : public ::testing::Test {
 protected:
  void start() {
    ASSERT_TRUE(source.start(scene));
    ASSERT_TRUE(scene.wait_starts(1));
  }
  // Until the status says so.
  bool wait_state(const std::string& state) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (source.status().state != state) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }
  [[nodiscard]] std::uint64_t counter(const std::string& name) const {
    for (const auto& entry : source.status().counters) {
      if (entry.first == name) return entry.second;
    }
    return ~std::uint64_t{0};
  }

  Scene scene;
  SystemClock clock;
  Log log{LogLevel::error};
  HciSource source{std::make_unique<FakeRadio>(scene), [this](unsigned index) { return scene.open(index); }, clock,
                   log};
};

}  // namespace aisle::hci::testing
