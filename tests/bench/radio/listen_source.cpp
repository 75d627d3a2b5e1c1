// Our two sources as listeners.
#include <chrono>
#include <cstdio>
#include <thread>

#include "ble/bluez/bluez_radio.hpp"
#include "ble/hci/hci_source.hpp"
#include "ble/hci/packet_filter.hpp"
#include "tests/bench/radio/listen.hpp"
#include "tests/bench/radio/meter.hpp"

namespace aisle::radio {
namespace {

// A radio that scans by itself.
class Scanning final : public RadioControl {
 public:
  Status start(SourceSink*, Listener listener) override {
    listener({true, "hci0", "hearing", ""});
    return {};
  }
  void stop() override {}
  void remedy(Remedy) override {}
  [[nodiscard]] SourceStatus status() const override { return {}; }
};

int listen(AdvertSource& source, const sigset_t& end) {
  MeteredQueue sink;
  if (const auto started = source.start(sink); !started) {
    std::fprintf(stderr, "%s\n", started.error().message().c_str());
    return 1;
  }
  while (source.status().state != "hearing") {
    std::this_thread::sleep_for(milliseconds(20));
    const timespec now{};
    if (sigtimedwait(&end, nullptr, &now) == SIGTERM) return 1;
  }
  say_ready();
  int signal = 0;
  sigwait(&end, &signal);
  source.stop();
  std::puts(sink.meter().report().c_str());
  return 0;
}

BluezOptions on(const std::string& bus) {
  BluezOptions out;
  out.bus_address = bus;
  return out;
}

}  // namespace

int listen_bluez(const std::string& bus, const sigset_t& end) {
  const SystemClock clock;
  const Log log(LogLevel::warning);
  BluezSource source(on(bus), clock, log);
  return listen(source, end);
}

int listen_hci(const std::string& bus, const sigset_t& end) {
  const SystemClock clock;
  const Log log(LogLevel::warning);
  HciSource source(std::make_unique<BluezRadio>(on(bus), clock, log), hci::open_hci_socket, clock, log);
  return listen(source, end);
}

int listen_descriptor(int descriptor, const sigset_t& end) {
  const SystemClock clock;
  const Log log(LogLevel::warning);
  if (!hci::attach_report_filter(descriptor)) return 1;
  HciSource source(
      std::make_unique<Scanning>(),
      [descriptor](unsigned) -> tl::expected<Fd, hci::OpenError> { return Fd(descriptor); }, clock, log);
  return listen(source, end);
}

}  // namespace aisle::radio
