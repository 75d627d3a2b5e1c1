// What a listener heard of a numbered stream (tests/bluez/controller/load.hpp).
#pragma once

#include <string>
#include <vector>

#include "agent/base/hex.hpp"
#include "ble/source/item_queue.hpp"

namespace aisle::radio {

// Notes which adverts came and how long each took, from its sending to `at`. Not thread-safe.
class Meter {
 public:
  Meter();
  // `data` ends with the numbered manufacturer data; anything else is passed over.
  void heard(ByteSpan data, SteadyTime at);
  // One JSON object: how many different ones came, how many twice, and the latencies in microseconds.
  [[nodiscard]] std::string report();

 private:
  std::vector<bool> seen_;
  std::vector<std::int64_t> latencies_;
  std::uint64_t repeated_ = 0;
};

// The receiving end of a source: into the product's queue and out of it, as a core loop would that is never late.
class MeteredQueue final : public SourceSink {
 public:
  bool offer(SourceItem item) override;
  bool wait_and_put(SourceItem item) override { return offer(std::move(item)); }
  // After the source has stopped.
  [[nodiscard]] Meter& meter() { return meter_; }

 private:
  Meter meter_;
  ItemQueue queue_{8192, [] {}};
  std::vector<SourceItem> taken_;
};

}  // namespace aisle::radio
