// Plays an item reader (a recording, the simulator) into a sink at a chosen speed, on a thread of its own.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "agent/base/time.hpp"
#include "ble/source/source.hpp"

namespace aisle::recording {

using ReaderFactory = std::function<Result<std::unique_ptr<ItemReader>>()>;

struct ReplayOptions {
  std::string source = "replay";  // for the status: "replay" or "simulator"
  double speed = 1.0;             // recording seconds per second; 0: as fast as it goes, and no clock ticks
};

// Waits for `release`, then puts every item, never dropping one, each when it is due by `clock`'s monotonic time; while
// the recording is silent a ClockTick each second of its time; at the end one SourceEnd. All functions are thread-safe
// but `start`, which is called once.
class ReplaySource final : public AdvertSource {
 public:
  // `clock` outlives the source.
  ReplaySource(ReaderFactory factory, ReplayOptions options, const Clock& clock);
  ~ReplaySource() override;
  ReplaySource(const ReplaySource&) = delete;
  ReplaySource& operator=(const ReplaySource&) = delete;

  // Opens the reader. Error: the factory's.
  Status start(SourceSink& sink) override;
  // Opens the gate; before or after `start`. No effect the second time.
  void release();
  // Close a sink that may be full first: a put that waits for room can only be ended by the sink.
  void stop() override;
  // States: "waiting", "playing", "ended", "stopped". The detail tells the position, at the end also what was wrong.
  [[nodiscard]] SourceStatus status() const override;

 private:
  enum class State { waiting, playing, ended, stopped };
  struct Origin {  // the moment of the recording that was played at `steady`
    SteadyTime recording;
    SteadyTime steady;
  };

  void run();
  bool wait_for_gate();
  bool play(SourceItem item);
  bool wait_until_due(SteadyTime recording_time);
  bool put(SourceItem item);
  void finish(const SourceEnd& end);

  const ReaderFactory factory_;
  const ReplayOptions options_;
  const Clock& clock_;
  std::unique_ptr<ItemReader> reader_;  // the thread's once it runs
  SourceSink* sink_ = nullptr;
  std::optional<Origin> origin_;  // the thread's
  SteadyTime played_to_{};        // the thread's: recording time of the last item or tick

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  State state_ = State::waiting;
  bool released_ = false;
  bool stopping_ = false;
  std::uint64_t items_ = 0;
  UnixTime position_{};
  std::string closing_words_;

  std::mutex join_mutex_;
  std::thread thread_;
};

}  // namespace aisle::recording
