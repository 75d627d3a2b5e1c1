// Arbitrary bytes as a recording: alone, behind a valid header of each binary format, and as a row of HCI events. What
// comes out must be in order, bounded, and survive being written and read again.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "ble/hci_reports/hci_reports.hpp"
#include "ble/recording/jsonl_writer.hpp"
#include "ble/recording/recording.hpp"

namespace {

using namespace aisle;

// The first byte of the input chooses one of these to go before the rest.
constexpr std::array<std::string_view, 12> kHeads = {
    "",
    "6274736e6f6f700000000001000003e9",                  // btsnoop H1
    "6274736e6f6f700000000001000003ea",                  // btsnoop H4
    "6274736e6f6f700000000001000007d1",                  // btsnoop monitor
    "d4c3b2a102000400000000000000000000000400bb000000",  // pcap 187, little-endian
    "a1b23c4d0002000400000000000000000004000000"
    "0000c9",                                                   // pcap 201, big-endian, nano
    "d4c3b2a102000400000000000000000000000400fe000000",         // pcap 254
    "d4c3b2a10200040000000000000000000000040000010000",         // pcap 256
    "d4c3b2a10200040000000000000000000000040010010000",         // pcap 272
    "0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000"  // pcapng with an H4 interface
    "0100000014000000bb0000000000000014000000",
    "0a0d0d0a0000001c1a2b3c4d00010000ffffffffffffffff0000001c",  // pcapng, big-endian
    "7b22",                                                      // JSON lines
};

void require(bool holds) {
  if (!holds) std::abort();
}

void survives_writing(const SourceItem& item) {
  const std::string line = recording::jsonl_line(item);
  Bytes bytes;
  for (const char c : line) bytes.push_back(static_cast<std::byte>(c));
  auto reader = recording::open_recording(std::move(bytes));
  require(reader.has_value());
  require(recording::jsonl_line((*reader)->next()) == line);
}

void read_recording(Bytes content) {
  const std::size_t size = content.size();
  auto reader = recording::open_recording(std::move(content));
  if (!reader) return;
  UnixTime latest{};
  std::size_t items = 0;
  for (;;) {
    const SourceItem item = (*reader)->next();
    if (std::holds_alternative<SourceEnd>(item)) break;
    require(++items <= size);
    const auto* advert = std::get_if<Advert>(&item);
    const Stamp at = advert != nullptr ? advert->at : std::get<ReceiverState>(item).at;
    require(at.wall >= latest && at.mono.time_since_epoch() == at.wall.time_since_epoch());
    latest = at.wall;
    if (advert != nullptr) require(advert->payload.view().size() <= kMaxAdvertData);
    if (items <= 4) survives_writing(item);
  }
  require(std::holds_alternative<SourceEnd>((*reader)->next()));
  require((*reader)->stats().skipped <= (*reader)->stats().records);
}

// Events one after another, each preceded by its length.
void parse_events(ByteSpan rest) {
  HciReports parser;
  std::vector<AdvReport> out;
  while (!rest.empty()) {
    const auto length = std::min(rest.size() - 1, std::to_integer<std::size_t>(rest[0]));
    parser.parse(rest.subspan(1, length), out);
    rest = rest.subspan(1 + length);
  }
  parser.flush(out);
  require(out.size() == parser.stats().reports);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Bytes rest(size - 1);
  if (size > 1) std::memcpy(rest.data(), data + 1, size - 1);
  parse_events(rest);
  Bytes content = from_hex(kHeads[data[0] % kHeads.size()]).value_or(Bytes{});
  content.insert(content.end(), rest.begin(), rest.end());
  read_recording(std::move(content));
  return 0;
}
