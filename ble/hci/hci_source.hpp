// Adverts from the kernel, of a radio that somebody else controls.
#pragma once

#include <memory>
#include <mutex>
#include <thread>

#include "agent/base/log.hpp"
#include "agent/base/time.hpp"
#include "ble/hci/hci_reader.hpp"
#include "ble/hci/hci_socket.hpp"
#include "ble/source/radio.hpp"

namespace aisle {

struct HciOptions {
  std::string label{};                   // in the log, where there are several sources
  const Witnesses* witnesses = nullptr;  // the other radios of this gateway; they outlive the source
};

// Runs on a thread of its own and heals by itself. The receiver is up ("hearing") while the radio scans and the socket
// is bound to its adapter; else the state is what the control says, or "no adapter". Adverts that come while it is down
// (bluetoothd was killed, the kernel scans on) are real and are handed over too.
//
// Where the socket cannot be had for want of a right or of kernel support, the control is asked for the adverts too;
// `status` says why. That is tried again when the radio's adapter or scan has come back, not in between.
class HciSource final : public AdvertSource {
 public:
  // `clock` and `log` outlive the source. Timers run on the clock's monotonic time, so it must be a real one.
  HciSource(std::unique_ptr<RadioControl> radio, hci::SocketOpener open, const Clock& clock, const Log& log,
            HciOptions options = {});
  ~HciSource() override;
  HciSource(const HciSource&) = delete;
  HciSource& operator=(const HciSource&) = delete;

  Status start(SourceSink& sink) override;
  void stop() override;
  [[nodiscard]] SourceStatus status() const override;

 private:
  class Runner;

  const std::unique_ptr<RadioControl> radio_;
  const hci::SocketOpener open_;
  const Clock& clock_;
  const Log& log_;
  const HciOptions options_;
  mutable std::mutex mutex_;        // guards which runner it is
  std::unique_ptr<Runner> runner_;  // of the last start; kept for its status
  std::thread thread_;
};

}  // namespace aisle
