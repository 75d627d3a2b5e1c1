// From the packets of a socket to adverts in a sink.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "agent/base/result.hpp"
#include "ble/hci/packet_batch.hpp"
#include "ble/hci/packet_time.hpp"
#include "ble/hci/scan_watch.hpp"
#include "ble/hci_reports/hci_reports.hpp"
#include "ble/source/source.hpp"
#include "ble/source/vitality.hpp"

namespace aisle::hci {

// Belongs to one thread; `counters` is thread-safe.
class HciReader {
 public:
  struct Counters {
    std::uint64_t packets = 0;       // taken from the socket, but for commands and their answers
    std::uint64_t adverts = 0;       // handed over
    std::uint64_t malformed = 0;     // packets that are no event, or an event that cannot be
    std::uint64_t unfinished = 0;    // fragmented adverts handed over without their end
    std::uint64_t kernel_drops = 0;  // packets that found the socket's receive buffer full
    std::uint64_t queue_drops = 0;   // of the adverts, those that found the queue full
  };

  HciReader(const Clock& clock, SourceSink& sink) : clock_(clock), sink_(sink) {}

  // Hands over what waits in `fd`, or, asked to, waits for it; at most one batch of packets. How many there were.
  // Error: the socket is at its end. Allocates only for data longer than a Payload holds inline, and for fragments.
  Result<std::size_t> read(int fd, PacketBatch::Wait wait = PacketBatch::Wait::none);

  // When the last batch that held packets was read.
  [[nodiscard]] SteadyTime read_at() const { return read_at_; }

  // Looks what the kernel dropped at `fd`: a system call, so not at every packet.
  void look_at_drops(int fd);
  // The socket is another from now on: its drops count from zero, fragments of the old one are handed over as they are.
  void changed_socket();

  [[nodiscard]] Counters counters() const;
  // What the controller was told of scanning, and answered.
  [[nodiscard]] const ScanWatch& scan() const { return scan_; }
  // When the last advert was read; the zero time: none yet.
  [[nodiscard]] SteadyTime heard_at() const { return heard_at_; }
  // Hears of every advert.
  [[nodiscard]] Vitality& vitality() { return vitality_; }

 private:
  [[nodiscard]] Stamp time_of_reading(std::size_t packets, PacketBatch::Wait wait) const;
  void hand_over(Stamp now);
  void publish();

  const Clock& clock_;
  SourceSink& sink_;
  PacketBatch batch_;
  PacketTime time_;
  HciReports parser_;
  std::vector<AdvReport> reports_;  // reused
  Vitality vitality_;
  ScanWatch scan_;
  SteadyTime heard_at_{};
  std::optional<UnixTime> packet_time_;
  SteadyTime read_at_{};

  Counters now_;                    // the thread's own
  std::uint32_t socket_drops_ = 0;  // of this socket, as last seen
  struct Shared {
    std::atomic<std::uint64_t> packets{0}, adverts{0}, malformed{0}, unfinished{0}, kernel_drops{0}, queue_drops{0};
  };
  Shared shared_;  // a copy of now_ for the others
};

}  // namespace aisle::hci
