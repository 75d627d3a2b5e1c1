// What the reader costs an advert, from the stand-in socket to the queue, when that many packets wait at a time.
#include <benchmark/benchmark.h>

#include <chrono>

#include "ble/hci/hci_reader.hpp"
#include "ble/hci/packet_filter.hpp"
#include "ble/source/item_queue.hpp"
#include "tests/unit/hci/packets.hpp"

namespace {

using namespace aisle;
using namespace aisle::hci::testing;

const Bytes kToken = hex("0201061107") + Bytes(16, std::byte{0x5a});

void read_packets(benchmark::State& state, const Bytes& packet, std::int64_t adverts_each) {
  const auto waiting = static_cast<std::size_t>(state.range(0));
  const Pair pair;
  if (!hci::attach_report_filter(pair.reader.get())) state.SkipWithError("no filter");
  SystemClock clock;
  ItemQueue queue(8192, [] {});
  hci::HciReader reader(clock, queue);
  std::vector<SourceItem> taken;
  for (auto _ : state) {
    for (std::size_t i = 0; i < waiting; ++i) {
      if (!pair.send(packet)) state.SkipWithError("no room");
    }
    const auto begin = std::chrono::steady_clock::now();
    if (reader.read(pair.reader.get()).value_or(0) != waiting) state.SkipWithError("not all");
    state.SetIterationTime(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    queue.take(taken, 8192);
  }
  const auto adverts = state.iterations() * static_cast<std::int64_t>(waiting) * adverts_each;
  state.SetItemsProcessed(adverts);
}

void legacy(benchmark::State& state) {
  read_packets(state, legacy_packet(1, -60, kToken), 1);
}
void legacy_eight_reports(benchmark::State& state) {
  Bytes reports = octet(8);
  for (unsigned i = 0; i < 8; ++i) reports = reports + legacy_report(i, -60, Bytes(20));
  read_packets(state, meta_packet(0x02, reports), 8);
}
void extended_229_bytes(benchmark::State& state) {
  read_packets(state, extended_packet(0, 1, -60, Bytes(229)), 1);
}

BENCHMARK(legacy)->Arg(1)->Arg(4)->Arg(16)->Arg(64)->UseManualTime();
BENCHMARK(legacy_eight_reports)->Arg(1)->Arg(64)->UseManualTime();
BENCHMARK(extended_229_bytes)->Arg(1)->Arg(64)->UseManualTime();

}  // namespace
