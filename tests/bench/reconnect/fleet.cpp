#include "tests/bench/reconnect/fleet.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sync/core/session.hpp"
#include "sync/core/states.hpp"
#include "tests/fakes/fake_store.hpp"

namespace aisle::bench {
namespace {

constexpr Duration kConnectTimeout = seconds(15);  // MosquittoOptions::connect_timeout

class Broker;

class Host final : public sync::SessionHost {
 public:
  void stage(sync::StagePage, std::function<void(bool)> done) override { done(true); }
  void apply(sync::DatasetMessage /*message*/, std::function<void(bool)> done) override { done(true); }
  void confirm_current(Dataset /*dataset*/) override {}
  void on_command(std::string_view /*name*/, const sync::InMessage& /*message*/) override {}
  void on_refused(const store::OutboxEvent& /*event*/, int /*reason*/, std::string_view /*why*/) override {}
};

class Line final : public sync::Transport {
 public:
  explicit Line(Broker& broker) : broker_(broker) {}
  void set_listener(sync::TransportListener* listener) override { listener_ = listener; }
  void connect(const std::optional<sync::Will>& will) override;
  void disconnect() override {}
  void subscribe(std::vector<std::string> /*topics*/) override {}
  void publish(std::uint64_t /*token*/, sync::OutMessage /*message*/) override {}

  [[nodiscard]] sync::TransportListener* listener() const { return listener_; }

 private:
  Broker& broker_;
  sync::TransportListener* listener_ = nullptr;
};

class Broker {
 public:
  Broker(const FleetSpec& spec, Loop& loop) : spec_(spec), loop_(loop) {}

  void connect(Line& line) {
    if (lost_ == SteadyTime{}) return answer(line, Duration::zero(), "");
    const std::int64_t second = std::chrono::floor<seconds>(loop_.clock().steady() - lost_).count();
    ++attempts_[second];
    if (second < spec_.outage.count()) return answer(line, Duration::zero(), sync::state::kConnectionRefused);
    if (accepted_[second] < spec_.accepts_per_s) {
      ++accepted_[second];
      return answer(line, Duration::zero(), "");
    }
    if (spec_.says_busy) return answer(line, Duration::zero(), sync::state::kServerBusy);
    answer(line, kConnectTimeout, sync::state::kUnreachable);
  }
  void drop(std::deque<Line>& lines) {
    lost_ = loop_.clock().steady();
    for (Line& line : lines) line.listener()->on_disconnected({sync::state::kLost, "", true});
  }
  [[nodiscard]] FleetResult result() const {
    FleetResult out;
    int back = 0;
    for (const auto& second : attempts_) {
      out.attempts += static_cast<std::uint64_t>(second.second);
      out.peak_attempts = std::max(out.peak_attempts, second.second);
      if (second.first >= spec_.outage.count()) out.peak_after_return = std::max(out.peak_after_return, second.second);
    }
    for (const auto& second : accepted_) {
      back += second.second;
      const seconds since(second.first + 1 - spec_.outage.count());
      if (out.half_back == seconds(0) && back * 2 >= spec_.gateways) out.half_back = since;
      if (out.most_back == seconds(0) && back * 100 >= spec_.gateways * 99) out.most_back = since;
      if (second.second > 0) out.all_back = since;
    }
    return out;
  }

 private:
  void answer(Line& line, Duration delay, const std::string& state) {
    loop_.after(delay, [&line, state] {
      if (state.empty()) return line.listener()->on_connected({});
      line.listener()->on_disconnected({state, ""});
    });
  }

  FleetSpec spec_;
  Loop& loop_;
  SteadyTime lost_{};
  std::map<std::int64_t, int> attempts_, accepted_;  // by second since the loss
};

void Line::connect(const std::optional<sync::Will>& /*will*/) {
  broker_.connect(*this);
}

}  // namespace

FleetResult simulate(const FleetSpec& spec) {
  ManualClock clock{UnixTime(seconds(1'800'000'000))};
  VirtualLoop loop(clock);
  SeededRandom random(spec.seed);
  const Log log{LogLevel::error};
  Host host;
  fakes::FakeStore store(loop);
  Broker broker(spec, loop);
  std::deque<Line> lines;
  std::deque<sync::Session> sessions;
  sync::SessionOptions options;
  options.store = "s1";
  options.epoch = "aaaaaaaaaaaaaaaa";
  options.retry_spread = spec.retry_spread;
  options.retry_max = spec.retry_max;
  for (int i = 0; i < spec.gateways; ++i) {
    options.gateway = "g" + std::to_string(i);
    sessions.emplace_back(options, loop, random, lines.emplace_back(broker), store, host, log).start(store.reopened());
  }
  loop.run_for(seconds(3600));
  broker.drop(lines);
  loop.run_for(spec.outage);
  const auto all_online = [&] {
    return std::ranges::all_of(sessions, [](const auto& s) { return s.status().state == sync::state::kOnline; });
  };
  while (!all_online()) loop.run_for(seconds(10));
  return broker.result();
}

}  // namespace aisle::bench
