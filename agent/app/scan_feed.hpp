// Who listens to what the radio hears (control verb `scan`), told in batches. On the core loop. Costs nothing while
// nobody does.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/loop.hpp"
#include "agent/control/server.hpp"
#include "agent/scan/scanner.hpp"
#include "ble/source/source.hpp"

namespace aisle::app {

class ScanFeed {
 public:
  static constexpr milliseconds kBeat{100};
  static constexpr std::size_t kMostInBatch = 2000;
  static constexpr std::size_t kMostWaiting = 1U << 20U;  // bytes of a listener that does not read
  // A device keeps its alias this long after the last listener has gone, so that one who has looked can name it.
  static constexpr seconds kAliasesKept{600};

  struct Hooks {
    std::function<Stamp()> now;
    std::function<SourceStatus()> radio;
  };
  // `loop` outlives it, but runs nothing of it after that.
  ScanFeed(Loop& loop, GatewayId own, Hooks hooks);

  // `greeting` is the first line.
  void subscribe(const control::ReplyPtr& reply, const Json& greeting);
  void hear(const SourceItem& item) {
    if (!listeners_.empty()) take(item);
  }
  void end() { ended_ = true; }

 private:
  struct Listener {
    control::ReplyPtr reply;
    std::uint64_t dropped = 0;
  };
  void take(const SourceItem& item);
  void beat();
  void rest();

  Loop& loop_;
  GatewayId own_;
  Hooks hooks_;
  std::optional<scan::Scanner> scanner_;  // while somebody listens, and kAliasesKept longer
  std::vector<Listener> listeners_;
  scan::Batch batch_;
  std::uint64_t left_out_ = 0;  // of this batch
  std::optional<TimerId> forget_;
  bool ended_ = false;
};

}  // namespace aisle::app
