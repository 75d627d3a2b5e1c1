// Adverts decoded a second on one core, over a stream as a busy shop floor's: mostly phones that are nothing to us.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "agent/base/hex.hpp"
#include "agent/base/random.hpp"
#include "ble/decode/decode.hpp"

namespace {

using namespace aisle;

struct Kind {
  unsigned weight;  // of 100 adverts
  std::string_view payload;
};

// Shares estimated, no recording behind them; payloads have the usual lengths and structures, their ids are made up.
constexpr std::array kMix = {
    Kind{24, "02011a020a0c0aff4c001005521c6b3f90"},                             // Apple nearby info
    Kind{10, "02011a1aff4c000c0e0021a65f6c0b51b48e2f4b9c3e141005571c2f43d6"},   // Apple handoff and nearby
    Kind{4, "1eff4c00121900a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60100"},  // Apple Find My
    Kind{6, "1bff75004204018066a4c1387f2fb2a6c1387f2fb101000000000000"},        // Samsung
    Kind{5, "0201020303f3fe0e16f3fe4a1745524b473911323134"},                    // Google Nearby service data
    Kind{5, "0eff060001092002a1b2c3d4e5f607"},                                  // Microsoft
    Kind{8, "02011a03036ffd17166ffd0d3b4f65584c582160571dd19010d41c2660ee34"},  // exposure notification
    Kind{14, "11074f324f10c2369418fedd9f8b53eb11bf"},                           // T1 token, as iOS sends it
    Kind{6, "02011a11074f324f109eace05cf2e44cf357e0bb16"},                      // T1 token with flags
    Kind{5, "0201061aff4c000215e2c56db5dffb48d2b060d0f5a71096e000010203c5"},    // iBeacon
    Kind{1, "02011a1bff1801beac2f234454cf6d4a0fadf2f4911ba9ffa600010002c509"},  // AltBeacon
    Kind{2, "0201060303aafe1716aafe00e7000102030405060708090a0b0c0d0e0f0000"},  // Eddystone-UID
    Kind{1, "0201060303aafe1116aafe20000b18130000001467 00002a64"},             // Eddystone-TLM
    Kind{1, "0201060303aafe0d16aafe30eea9b76a71c5f89290"},                      // Eddystone-EID
    Kind{3, "0201060e16d2fc400009016102ca0903bf13"},                            // BTHome
    Kind{5, "0201060c09536d6172742057617463680303 0d18"},                       // flags, name, services
};

// More adverts than branch predictors and inner caches remember.
constexpr std::size_t kAdverts = std::size_t{1} << 18U;

// In a random order, laid one after another as a receive buffer holds them.
class Stream {
 public:
  Stream() {
    SeededRandom random(7);
    std::vector<Bytes> kinds;
    for (const Kind& kind : kMix) {
      std::string digits(kind.payload);
      std::erase(digits, ' ');
      kinds.insert(kinds.end(), kind.weight, from_hex(digits).value());
    }
    std::vector<std::size_t> sizes;
    for (std::size_t i = 0; i < kAdverts; ++i) {
      const Bytes& payload = kinds[random.below(kinds.size())];
      buffer_.insert(buffer_.end(), payload.begin(), payload.end());
      sizes.push_back(payload.size());
    }
    std::size_t offset = 0;
    for (const std::size_t size : sizes) {
      adverts.push_back(ByteSpan(buffer_).subspan(offset, size));
      offset += size;
    }
  }
  std::vector<ByteSpan> adverts;

 private:
  Bytes buffer_;
};

void decode_mixed_stream(benchmark::State& state) {
  const Stream stream;
  decode::Decoded decoded;
  std::size_t beacons = 0;
  std::size_t malformed = 0;
  for (auto _ : state) {
    for (const ByteSpan payload : stream.adverts) {
      decode::decode(payload, decoded);
      benchmark::DoNotOptimize(decoded);
      beacons += decoded.count;
      malformed += decoded.malformed ? 1 : 0;
    }
  }
  const auto adverts = static_cast<double>(state.iterations()) * static_cast<double>(stream.adverts.size());
  state.SetItemsProcessed(static_cast<std::int64_t>(adverts));
  state.counters["beacons_per_advert"] = static_cast<double>(beacons) / adverts;
  state.counters["malformed_per_advert"] = static_cast<double>(malformed) / adverts;
}
BENCHMARK(decode_mixed_stream);

}  // namespace

BENCHMARK_MAIN();
