#include "ble/bluez/bluez_source.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

#include "agent/base/fd.hpp"
#include "ble/bluez/session.hpp"

namespace aisle {
namespace {

constexpr Duration kCallDeadline = seconds(5);
constexpr Duration kTick = seconds(1);
constexpr int kBatch = 256;  // messages between two looks at timers and stop, at most
// Adverts this close, or closer, have likely piled up by the next look.
constexpr Duration kClose = std::chrono::microseconds(200);

class WakeFd {
 public:
  WakeFd() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  [[nodiscard]] int get() const { return fd_.get(); }
  void wake() const {
    const std::uint64_t one = 1;
    // Fails only when it is signalled already.
    [[maybe_unused]] const auto written = ::write(fd_.get(), &one, sizeof one);
  }

 private:
  Fd fd_;
};

}  // namespace

// What the thread runs, and what it shares with the others: the reporter, the two gauges and the stop flag.
class BluezSource::Runner {
 public:
  Runner(BluezOptions options, const Clock& clock, const Log& log)
      : options_(std::move(options)),
        clock_(clock),
        reporter_(clock, log, options_.label, options_.on_state),
        devices_(options_.max_devices) {}

  Status prepare(SourceSink& sink) {
    if (wake_.get() < 0) return fail("eventfd: {}", std::strerror(errno));
    stopping_ = false;
    reporter_.attach(sink);
    return {};
  }

  void run() {
    bluez::Backoff backoff;
    while (!stopping_) {
      const auto ended = run_connection(backoff);
      if (stopping_) break;
      reporter_.down("no D-Bus", ended.message());
      wait(nullptr, backoff.next());
    }
    reporter_.stopped();
  }

  void stop() {
    stopping_ = true;
    wake_.wake();
  }

  void remedy(Remedy what) {
    remedy_ = what;
    wake_.wake();
  }

  [[nodiscard]] SourceStatus status() const {
    SourceStatus out = reporter_.status();
    const Counters now = counters();
    out.counters = {
        {"adverts", now.adverts}, {"queue_drops", now.dropped}, {"devices", now.devices}, {"evicted", now.evicted}};
    out.counters.emplace_back("stuck_scans", now.stuck_scans);
    append_vitality(out, now.vitality);
    return out;
  }
  [[nodiscard]] Counters counters() const {
    const std::scoped_lock lock(vitality_mutex_);
    return {reporter_.adverts(), reporter_.dropped(),     device_count_.load(),
            evicted_.load(),     reporter_.stuck_scans(), vitality_};
  }

 private:
  // Until the connection ends, which the error explains, or stop.
  Error run_connection(bluez::Backoff& backoff) {
    auto bus = bluez::Bus::connect(options_.bus_address, kCallDeadline);
    if (!bus) return bus.error();
    TimerQueue timers;
    bluez::SessionOptions wanted{
        options_.adapter,   options_.adverts ? bluez::Purpose::adverts : bluez::Purpose::control,
        options_.scanning,  bluez::Rfkill(options_.rfkill_folder),
        options_.witnesses, options_.ask_every,
        options_.old_scan};
    vitality_before_ = vitality_;
    bluez::Session session(**bus, timers, clock_, reporter_, devices_, std::move(wanted));
    if (const auto begun = session.begin(); !begun) return begun.error();
    backoff.reset();
    while (!stopping_) {
      if (const auto served = serve(**bus, timers); !served) return served.error();
      look_after(session);
    }
    return Error("stopped");
  }

  void look_after(bluez::Session& session) {
    if (const Remedy what = remedy_.exchange(Remedy::none); what != Remedy::none) session.remedy(what);
    if (now_ < next_tick_) return;
    next_tick_ = now_ + kTick;
    session.tick();
    const std::scoped_lock lock(vitality_mutex_);
    vitality_ = vitality_before_ + session.vitality();
  }

  // Handles messages, then waits for more. One at a time when they come apart: to ask for a second that is not there is
  // a system call for nothing.
  Status serve(bluez::Bus& bus, TimerQueue& timers) {
    const std::uint64_t heard = reporter_.adverts();
    bool more = true;
    for (int i = 0; i < batch_ && more; ++i) {
      const auto processed = bus.process();
      if (!processed) return tl::unexpected(processed.error());
      more = *processed;
    }
    now_ = clock_.steady();
    while (Task task = timers.take_due(now_)) task();
    device_count_ = devices_.size();
    evicted_ = devices_.evicted();
    // With a backlog there is nothing to wait for.
    if (more && batch_ > 1) return {};
    if (reporter_.adverts() != heard) {
      batch_ = now_ - heard_at_ <= kClose ? kBatch : 1;
      heard_at_ = now_;
    }
    return wait_for_bus(bus, timers);
  }

  Status wait_for_bus(bluez::Bus& bus, const TimerQueue& timers) {
    auto poll = bus.poll_data();
    if (!poll) return tl::unexpected(poll.error());
    Duration longest = kTick;
    if (!timers.empty()) longest = std::min(longest, timers.next_due() - now_);
    wait(&*poll, longest);
    return {};
  }

  // For the bus, the wake-up or `longest`, whichever is first.
  void wait(const bluez::Bus::Poll* bus, Duration longest) {
    std::array<pollfd, 2> fds = {pollfd{wake_.get(), POLLIN, 0}, pollfd{-1, 0, 0}};
    if (bus != nullptr) {
      fds[1] = pollfd{bus->fd, bus->events, 0};
      if (bus->timeout_ms >= 0) longest = std::min<Duration>(longest, milliseconds(bus->timeout_ms));
    }
    const auto ns = std::chrono::nanoseconds(std::clamp<Duration>(longest, Duration{0}, seconds(60))).count();
    const timespec timeout{ns / 1'000'000'000, ns % 1'000'000'000};
    if (::ppoll(fds.data(), fds.size(), &timeout, nullptr) <= 0 || fds[0].revents == 0) return;
    std::uint64_t count = 0;
    [[maybe_unused]] const auto drained = ::read(wake_.get(), &count, sizeof count);
  }

  const BluezOptions options_;
  const Clock& clock_;
  WakeFd wake_;
  bluez::Reporter reporter_;
  bluez::DeviceTable devices_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> device_count_{0};
  std::atomic<std::uint64_t> evicted_{0};
  std::atomic<Remedy> remedy_{Remedy::none};  // asked for, not yet looked at
  SteadyTime now_{};                          // of the last look at the bus
  SteadyTime heard_at_{};                     // the last advert
  SteadyTime next_tick_{};
  int batch_ = 1;  // messages to handle before the next wait
  mutable std::mutex vitality_mutex_;
  VitalityCounters vitality_;         // of all connections
  VitalityCounters vitality_before_;  // of those before this one; the thread's
};

BluezSource::BluezSource(BluezOptions options, const Clock& clock, const Log& log)
    : runner_(std::make_unique<Runner>(std::move(options), clock, log)) {}

BluezSource::~BluezSource() {
  stop();
}

Status BluezSource::start(SourceSink& sink) {
  if (thread_.joinable()) return fail("already started");
  if (auto prepared = runner_->prepare(sink); !prepared) return prepared;
  thread_ = std::thread([this] { runner_->run(); });
  return {};
}

void BluezSource::stop() {
  if (!thread_.joinable()) return;
  runner_->stop();
  thread_.join();
}

SourceStatus BluezSource::status() const {
  return runner_->status();
}

void BluezSource::remedy(Remedy what) {
  runner_->remedy(what);
}

BluezSource::Counters BluezSource::counters() const {
  return runner_->counters();
}

}  // namespace aisle
