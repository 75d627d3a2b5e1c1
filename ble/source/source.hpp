// Where adverts come from. Every source feeds one bounded queue and runs on a thread of its own.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/result.hpp"
#include "agent/model/advert.hpp"

namespace aisle {

// The receiving end of a source. Thread-safe.
class SourceSink {
 public:
  virtual ~SourceSink() = default;
  // For radios: never waits; false when the queue was full, and the item is counted as dropped.
  virtual bool offer(SourceItem item) = 0;
  // For recordings: waits for room and never drops; false when the sink was closed meanwhile.
  virtual bool wait_and_put(SourceItem item) = 0;
};

// How a radio scans, as far as the source knows.
struct ScanningStatus {
  std::string mode;  // "active+monitor", "active", "passive", "none", "mixed" of several; empty: it is no radio
  std::string why;   // a sentence for a person
};

using StatusCounters = std::vector<std::pair<std::string, std::uint64_t>>;

// One of several radios of a source.
struct RadioStatus {
  std::string adapter;   // as configured
  std::string receiver;  // the gateway id that it hears for
  std::string state, detail;
  StatusCounters counters;
  ScanningStatus scanning;
};

// What `status` says about the source.
struct SourceStatus {
  std::string source;  // "bluez", "hci", "replay" or "simulator"
  std::string state;   // one word or two: "hearing", "no adapter", "powered off", "no bluetoothd", "ended", ...
  std::string detail;  // a sentence for a person, may be empty
  // What the source counts, by names for people and programs; those of a kind of source are always all there.
  StatusCounters counters{};
  ScanningStatus scanning{};
  std::vector<RadioStatus> radios{};  // where there are several; then the rest is their sum
};

class AdvertSource {
 public:
  virtual ~AdvertSource() = default;
  // Starts feeding `sink`, which outlives the source. Error: cannot start at all (a file that is not a recording);
  // what may heal by itself (no adapter, no bluetoothd) is no error but a ReceiverState and a status.
  virtual Status start(SourceSink& sink) = 0;
  // Returns when nothing more will be put; at most a second. Safe to call twice.
  virtual void stop() = 0;
  [[nodiscard]] virtual SourceStatus status() const = 0;
};

// A finite or generated sequence of items, pulled; shared by the file sources, `aislectl replay` and tests. Not
// thread-safe.
class ItemReader {
 public:
  virtual ~ItemReader() = default;
  // The next item; a SourceEnd (with its error, if any) forever after the last one. Stamps never go backwards.
  virtual SourceItem next() = 0;
};

}  // namespace aisle
