// Readers of recordings: btsnoop, pcap, pcapng and JSON lines.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "agent/base/hex.hpp"
#include "agent/base/result.hpp"
#include "ble/source/source.hpp"

namespace aisle::recording {

struct RecordingStats {
  std::uint64_t records = 0;       // packets of the file, or lines that are not blank
  std::uint64_t adverts = 0;       // delivered
  std::uint64_t skipped = 0;       // records that cannot be used: broken, or their time is no time
  std::uint64_t out_of_order = 0;  // items earlier than one before them; their stamps are moved up to it
  bool truncated = false;          // the file ends inside a record
  std::string first_problem;       // "line 17: ..." or "record 17: ..."; empty when there was none
};

// Both stamps of an item are the recording's wall time, microseconds since 1970. The receiver is empty (our own
// gateway) unless the recording names one. After the last item comes a SourceEnd, whose error says what a broken file
// broke off with; a record that cannot be used is counted and passed over.
class RecordingReader : public ItemReader {
 public:
  // What was read up to now.
  [[nodiscard]] virtual const RecordingStats& stats() const = 0;
};

// Finds the format from the content. Errors: cannot be opened, is no recording, or a capture of a link type that
// carries no advertisements (named, with the supported ones). An empty file is a recording of nothing.
[[nodiscard]] Result<std::unique_ptr<RecordingReader>> open_recording(const std::string& path);

// The same for a recording held in memory.
[[nodiscard]] Result<std::unique_ptr<RecordingReader>> open_recording(Bytes content);

}  // namespace aisle::recording
