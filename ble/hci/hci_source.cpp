#include "ble/hci/hci_source.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "ble/hci/announcer.hpp"
#include "ble/hci/scan_check.hpp"

namespace aisle {
namespace {

constexpr int kBatches = 16;  // between two looks at the control and stop
constexpr Duration kDropInterval = seconds(1);
constexpr Duration kWatch = seconds(1);
constexpr Duration kFirstRetry = milliseconds(250);
constexpr Duration kLastRetry = seconds(5);
// While adverts flow the thread waits in the socket itself, one system call an advert, and looks at the control and
// stop no later than this.
constexpr Duration kFlow = milliseconds(100);
constexpr std::size_t kMostStates = 64;  // not yet looked at; a storm of changes is cut to its end

// "hci3" is 3.
std::optional<unsigned> index_of(const std::string& adapter) {
  constexpr std::string_view kPrefix = "hci";
  if (adapter.compare(0, kPrefix.size(), kPrefix) != 0) return std::nullopt;
  unsigned index = 0;
  const char* end = adapter.data() + adapter.size();
  const auto [rest, error] = std::from_chars(adapter.data() + kPrefix.size(), end, index);
  if (error != std::errc() || rest != end) return std::nullopt;
  return index;
}

// Reads that wait do so for kFlow at most; others ask not to.
void let_wait(int fd) {
  const timeval longest{0, std::chrono::microseconds(kFlow).count()};
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags >= 0) ::fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
  // Where it fails the thread would look at the control at the next advert only: the socket stays as it was.
  if (::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest) != 0 && flags >= 0)
    ::fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

}  // namespace

// One start to stop. Everything but `wake`, `status` and the listener's inbox belongs to the source's thread.
class HciSource::Runner {
 public:
  Runner(RadioControl& radio, const hci::SocketOpener& open, const Clock& clock, const Log& log, SourceSink& sink,
         const HciOptions& options)
      : radio_(radio),
        open_(open),
        clock_(clock),
        sink_(sink),
        reader_(clock, sink),
        say_(clock, log, sink, options.label),
        options_(options) {}

  Status prepare() {
    wake_ = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake_) return fail("eventfd: {}", std::strerror(errno));
    return {};
  }

  void run() {
    start_radio();
    while (!stopping_) {
      while (const auto state = next_state()) on_radio(*state);
      retry_when_due();
      wait();
      read();
      watch();
    }
    radio_.stop();
    look_at_drops();
    say_.say("stopped", "");
  }

  void stop() {
    stopping_ = true;
    wake();
  }

  [[nodiscard]] SourceStatus status() const {
    SourceStatus out = say_.status();
    const auto count = reader_.counters();
    out.counters = {{"adverts", count.adverts},           {"packets", count.packets},
                    {"malformed", count.malformed},       {"unfinished", count.unfinished},
                    {"kernel_drops", count.kernel_drops}, {"queue_drops", count.queue_drops},
                    {"fallbacks", fallbacks_.load()}};
    {
      const std::scoped_lock lock(mutex_);
      out.counters.emplace_back("scan_failures", scan_failures_);
      append_vitality(out, vitality_);
    }
    const SourceStatus radio = radio_.status();
    out.scanning = radio.scanning;
    for (const auto& counter : radio.counters) {
      if (!fallback_ && counter.first == "stuck_scans") out.counters.push_back(counter);
    }
    if (!fallback_) return out;
    for (const auto& counter : radio.counters) out.counters.emplace_back("bluez_" + counter.first, counter.second);
    return out;
  }

 private:
  void wake() const {
    const std::uint64_t one = 1;
    // Fails only when it is signalled already.
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
  }

  // The control, for control only or with adverts.
  void start_radio() {
    radio_.stop();
    {
      const std::scoped_lock lock(mutex_);
      states_.clear();
    }
    state_ = {};
    const auto started = radio_.start(fallback_ ? &sink_ : nullptr, [this](const RadioState& state) {
      {
        const std::scoped_lock lock(mutex_);
        if (states_.size() == kMostStates) states_.pop_front();
        states_.push_back(state);
      }
      wake();
    });
    if (!started) say_.down("no radio", started.error().message());
  }

  std::optional<RadioState> next_state() {
    const std::scoped_lock lock(mutex_);
    if (states_.empty()) return std::nullopt;
    RadioState next = std::move(states_.front());
    states_.pop_front();
    return next;
  }

  void on_radio(const RadioState& next) {
    const bool began = next.scanning && (!state_.scanning || state_.adapter != next.adapter);
    state_ = next;
    if (fallback_) return on_radio_in_fallback(began);
    if (!state_.scanning) {
      retry_at_.reset();  // there is nothing to try until it scans again
      return say_.down(state_.state, state_.detail);
    }
    if (began) {
      retry_wait_ = kFirstRetry;
      scan_check_.begin(clock_.steady());
    }
    if (bound_ != state_.adapter) close_socket();
    listen();
  }

  // The radio says that it scans; whether it hears is what its adverts say.
  void watch() {
    if (fallback_) return;  // the control watches what it hears itself
    if (now_ < next_watch_) return;
    const SteadyTime now = now_;
    next_watch_ = now + kWatch;
    Vitality& vitality = reader_.vitality();
    vitality.scanning(state_.scanning && static_cast<bool>(socket_), now);
    passive_ = radio_.status().scanning.mode == "passive";
    vitality.probe_after(passive_ ? Vitality::kProbePassive : Vitality::kProbe);
    const bool was_suspected = std::exchange(suspected_, vitality.suspected());
    consult(options_.witnesses, vitality, now);
    const Remedy what = vitality.check(now);
    {
      const std::scoped_lock lock(mutex_);
      vitality_ = vitality.counters();
    }
    if (what == Remedy::none) {
      if (was_suspected && !suspected_ && state_.scanning && socket_) say_hearing();
      return look_at_scan();
    }
    if (what == Remedy::probe) return radio_.remedy(what);
    suspected_ = true;
    say_.down("mute", vitality.proof());
    radio_.remedy(what);
  }

  // The radio says that it scans; whether the controller does is what it was told and answered.
  void look_at_scan() {
    if (!state_.scanning || !socket_) return;
    const bool had_failed = scan_check_.failed();
    const Remedy what = scan_check_.look(reader_.scan(), reader_.heard_at(), passive_, now_);
    if (scan_check_.failed()) say_.down("not scanning", scan_check_.why());
    if (had_failed && !scan_check_.failed()) say_hearing();
    if (what != Remedy::none) radio_.remedy(what);
    const std::scoped_lock lock(mutex_);
    scan_failures_ = scan_check_.failures();
  }

  void on_radio_in_fallback(bool began) {
    if (began && std::exchange(settled_, true)) {
      if (auto opened = open_socket(); opened) return leave_fallback(std::move(*opened));
    }
    say_in_fallback();
  }

  void say_in_fallback() {
    const std::string& more = state_.scanning ? state_.adapter : state_.detail;
    say_.say(state_.state.empty() ? "starting" : state_.state,
             reason_ + ": hearing through bluez instead" + (more.empty() ? "" : " (" + more + ")"));
  }

  tl::expected<Fd, hci::OpenError> open_socket() const {
    const auto index = index_of(state_.adapter);
    if (!index) {
      return tl::unexpected<hci::OpenError>(
          {hci::OpenFailure::other, "source hci: \"" + state_.adapter + "\" is no adapter's name"});
    }
    return open_(*index);
  }

  // The radio scans; sees to it that we hear it.
  void listen() {
    retry_at_.reset();
    if (!socket_) {
      auto opened = open_socket();
      if (!opened) return on_refused(opened.error());
      use(std::move(*opened));
    }
    say_hearing();
  }

  void say_hearing() {
    if (!reader_.vitality().suspected() && !scan_check_.failed()) say_.hearing(bound_ + ", from the kernel");
  }

  void on_refused(const hci::OpenError& error) {
    if (error.why != hci::OpenFailure::no_adapter) return enter_fallback(error.message);
    say_.down("no adapter", state_.adapter + ": " + error.message);
    retry_later();
  }

  void enter_fallback(const std::string& reason) {
    say_.warn(reason + ": hearing through bluez instead");
    reason_ = reason;
    settled_ = false;
    fallback_ = true;
    ++fallbacks_;
    start_radio();
    say_in_fallback();
  }

  void leave_fallback(Fd opened) {
    say_.note("the kernel's adverts can be had now");
    use(std::move(opened));
    fallback_ = false;
    say_.forget_receiver();
    say_.say("starting", "the kernel's adverts can be had now");
    start_radio();
  }

  void use(Fd opened) {
    socket_ = std::move(opened);
    let_wait(socket_.get());
    flowing_ = false;
    bound_ = state_.adapter;
    reader_.changed_socket();
    scan_check_.forget(clock_.steady());
  }

  void close_socket() {
    look_at_drops();
    socket_.reset();
    flowing_ = false;
    bound_.clear();
  }

  void retry_later() {
    retry_at_ = clock_.steady() + retry_wait_;
    retry_wait_ = std::min<Duration>(retry_wait_ * 2, kLastRetry);
  }

  void retry_when_due() {
    if (retry_at_ && *retry_at_ <= clock_.steady() && state_.scanning && !fallback_) listen();
  }

  // For packets, the control, stop, or the next thing due; while adverts flow it is `read` that waits.
  void wait() {
    if (flowing_) return;
    std::array<pollfd, 2> fds = {pollfd{wake_.get(), POLLIN, 0}, pollfd{socket_.get(), POLLIN, 0}};
    Duration longest = kWatch;
    if (retry_at_) longest = std::min(longest, *retry_at_ - clock_.steady());
    if (unlooked_) longest = std::min(longest, kDropInterval);
    const auto ms = std::chrono::ceil<milliseconds>(std::max(longest, Duration{0})).count();
    if (::poll(fds.data(), fds.size(), static_cast<int>(ms)) > 0 && fds[0].revents != 0) drain_wake();
  }

  void drain_wake() const {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto drained = ::read(wake_.get(), &count, sizeof count);
  }

  void read() {
    using Wait = hci::PacketBatch::Wait;
    bool heard = false;
    for (int i = 0; socket_ && i < kBatches; ++i) {
      const auto count = reader_.read(socket_.get(), flowing_ && i == 0 ? Wait::for_first : Wait::none);
      if (!count) return on_socket_end(count.error());
      heard = heard || *count > 0;
      if (*count < hci::PacketBatch::kMost) break;
    }
    now_ = heard ? reader_.read_at() : clock_.steady();
    flowing_ = heard;
    unlooked_ = unlooked_ || heard;
    if (unlooked_ && now_ >= looked_at_ + kDropInterval) look_at_drops();
  }

  void look_at_drops() {
    if (socket_) reader_.look_at_drops(socket_.get());
    looked_at_ = clock_.steady();
    unlooked_ = false;
  }

  // The adapter was unplugged (EPIPE), the one way in which such a socket ends.
  void on_socket_end(const Error& error) {
    say_.warn(bound_ + ": " + error.message());
    close_socket();
    if (!state_.scanning || fallback_) return;
    say_.down("no adapter", state_.adapter + " went away");
    retry_later();
  }

  RadioControl& radio_;
  const hci::SocketOpener& open_;
  const Clock& clock_;
  SourceSink& sink_;
  hci::HciReader reader_;
  hci::Announcer say_;
  const HciOptions& options_;
  hci::ScanCheck scan_check_;
  Fd wake_;
  std::atomic<bool> stopping_{false};

  mutable std::mutex mutex_;
  std::deque<RadioState> states_;  // told, not yet looked at
  VitalityCounters vitality_;      // as last looked at
  std::uint64_t scan_failures_ = 0;

  RadioState state_;   // as last looked at
  Fd socket_;          // closed: not bound
  std::string bound_;  // the adapter that it is bound to
  Duration retry_wait_ = kFirstRetry;
  std::optional<SteadyTime> retry_at_;
  SteadyTime now_{};      // of the last look at the socket
  bool flowing_ = false;  // the last one found adverts
  SteadyTime looked_at_{};
  SteadyTime next_watch_{};
  bool suspected_ = false;
  bool passive_ = false;   // it is a monitor that scans
  bool unlooked_ = false;  // packets came since we looked what the kernel dropped

  std::atomic<bool> fallback_{false};
  std::atomic<std::uint64_t> fallbacks_{0};
  bool settled_ = false;  // the radio has begun to scan in this fallback
  std::string reason_;    // of the fallback
};

HciSource::HciSource(std::unique_ptr<RadioControl> radio, hci::SocketOpener open, const Clock& clock, const Log& log,
                     HciOptions options)
    : radio_(std::move(radio)), open_(std::move(open)), clock_(clock), log_(log), options_(std::move(options)) {}

HciSource::~HciSource() {
  stop();
}

Status HciSource::start(SourceSink& sink) {
  if (thread_.joinable()) return fail("already started");
  auto runner = std::make_unique<Runner>(*radio_, open_, clock_, log_, sink, options_);
  if (auto prepared = runner->prepare(); !prepared) return prepared;
  {
    const std::scoped_lock lock(mutex_);
    runner_ = std::move(runner);
  }
  thread_ = std::thread([this] { runner_->run(); });
  return {};
}

void HciSource::stop() {
  if (!thread_.joinable()) return;
  runner_->stop();
  thread_.join();
}

SourceStatus HciSource::status() const {
  const std::scoped_lock lock(mutex_);
  return runner_ != nullptr ? runner_->status() : SourceStatus{"hci", "stopped", ""};
}

}  // namespace aisle
