// store_writer DATABASE EPOCH: commits events for ever, on two threads as the daemon does, and writes "N\n" to standard
// output once event N is reported as committed. Ends when killed.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "agent/base/loop.hpp"
#include "agent/store/store.hpp"
#include "tests/fakes/sealed.hpp"

namespace {

using namespace aisle;

class Committer {
 public:
  Committer(store::Store& store, std::string epoch) : store_(store), epoch_(std::move(epoch)) {}

  // One batch of 1 to 7 events, of changing size and urgency; its report starts the next one.
  void next() {
    store::Batch batch;
    const std::uint64_t count = 1 + sequence_ % 7;
    for (std::uint64_t i = 0; i < count; ++i) batch.events.push_back(event());
    batch.decisions = {{fmt::format("{}-{}", epoch_, sequence_), "c1", "o1", "", static_cast<std::int64_t>(sequence_)}};
    const std::uint64_t last = sequence_;
    store_.commit(std::move(batch), sequence_ % 3 != 0, [this, last](Result<store::Committed> committed) {
      if (!committed) std::_Exit(2);
      const std::string line = fmt::format("{}\n", last);
      if (write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(3);
      next();
    });
  }

 private:
  store::OutboxEvent event() {
    store::OutboxEvent event;
    event.epoch = epoch_;
    event.sequence = ++sequence_;
    event.type = "zone.entered";
    event.payload = std::string(50 + sequence_ * 37 % 900, 'p');
    return event;
  }
  store::Store& store_;
  std::string epoch_;
  std::uint64_t sequence_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  SystemClock clock;
  LoopThread worker(clock, "store");
  EpollLoop core(clock);
  store::StoreOptions options;
  options.path = argv[1];
  options.presence_window = milliseconds(2);
  options.master_key = fakes::key_of_this_run();
  auto opened = store::Store::open(options, worker.loop(), core);
  if (!opened) {
    fmt::print(stderr, "{}\n", opened.error().message());
    return 1;
  }
  if ((*opened)->loaded().quarantined) return 4;
  Committer committer(**opened, argv[2]);
  for (int i = 0; i < 5; ++i) committer.next();
  core.run();
  return 0;
}
