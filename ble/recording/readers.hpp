// The two kinds of readers behind open_recording.
#pragma once

#include <algorithm>
#include <memory>

#include "ble/recording/input.hpp"
#include "ble/recording/link.hpp"
#include "ble/recording/recording.hpp"

namespace aisle::recording {

[[nodiscard]] std::unique_ptr<RecordingReader> make_capture_reader(std::unique_ptr<PacketReader> packets);
[[nodiscard]] std::unique_ptr<RecordingReader> make_jsonl_reader(std::unique_ptr<Input> input);

// Keeps stamps from going backwards.
class StampKeeper {
 public:
  // A stamp of `time`, or of the latest before it; counts what it moves in `stats`.
  Stamp stamp(UnixTime time, RecordingStats& stats) {
    if (time < latest_) ++stats.out_of_order;
    latest_ = std::max(latest_, time);
    return {SteadyTime{latest_.time_since_epoch()}, latest_};
  }

 private:
  UnixTime latest_{};
};

}  // namespace aisle::recording
