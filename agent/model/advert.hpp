// What a source hears: adverts and the receivers' states, in the order heard.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <variant>

#include "agent/base/time.hpp"
#include "agent/model/ids.hpp"

namespace aisle {

// The longest advertising data a controller can deliver: 1,650 bytes of an extended advertisement (Core 5.x, Vol 4 Part
// E 7.8.54).
inline constexpr std::size_t kMaxAdvertData = 1650;

// Advertising data; up to 64 bytes inline (every legacy advert), longer ones on the heap. Longer than kMaxAdvertData is
// cut.
class Payload {
 public:
  Payload() = default;
  explicit Payload(std::span<const std::byte> data)
      : size_(static_cast<std::uint16_t>(std::min(data.size(), kMaxAdvertData))) {
    if (size_ > inline_.size()) heap_ = std::make_unique<std::byte[]>(size_);
    if (size_ > 0) std::memcpy(heap_ ? heap_.get() : inline_.data(), data.data(), size_);
  }
  Payload(const Payload& other) : Payload(other.view()) {}
  Payload& operator=(const Payload& other) {
    if (this != &other) *this = Payload(other.view());
    return *this;
  }
  Payload(Payload&&) noexcept = default;
  Payload& operator=(Payload&&) noexcept = default;
  ~Payload() = default;
  [[nodiscard]] std::span<const std::byte> view() const { return {heap_ ? heap_.get() : inline_.data(), size_}; }

 private:
  std::unique_ptr<std::byte[]> heap_;
  std::array<std::byte, 64> inline_;
  std::uint16_t size_ = 0;
};

struct Advert {
  Stamp at;            // when it was heard
  GatewayId receiver;  // empty: our own gateway
  Address address;
  Dbm rssi;
  Payload payload;       // AD structures
  SteadyTime arrived{};  // when the source handed it over, real monotonic clock; zero in `aislectl replay`
  // Another adapter of the receiver has just heard it too, less loudly: no further sample of its strength, a better
  // one.
  bool louder = false;
};

// A receiver went down (its adapter, its bluetoothd, its link) or is up again.
struct ReceiverState {
  Stamp at;
  GatewayId receiver;  // empty: our own gateway
  bool up = false;
  std::string why;  // for the log; empty for recordings
};

// Time passed without an advert: recordings and the simulator say so, that silence can run.
struct ClockTick {
  Stamp at;
};

// A recording or simulation is over. `error` says why when it could not be read to its end.
struct SourceEnd {
  std::string error;
};

using SourceItem = std::variant<Advert, ReceiverState, ClockTick, SourceEnd>;

}  // namespace aisle
