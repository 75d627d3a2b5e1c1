#include "tests/bluez/controller/load.hpp"

#include <utility>

#include "ble/hci_reports/byte_cursor.hpp"

namespace aisle::rig {
namespace {

// Flags "general discoverable, LE only" (without them BlueZ may hide a device), then 16 bytes of manufacturer data.
constexpr std::array kHead{std::byte{2},    std::byte{1},    std::byte{6},   std::byte{16},
                           std::byte{0xFF}, std::byte{0xFF}, std::byte{0xFF}};
constexpr std::byte kTag{0x53};
constexpr std::size_t kNumberedData = 13;  // tag, number, time

void put_little(Bytes& out, std::uint64_t value, int width) {
  for (int i = 0; i < width; ++i, value >>= 8U) out.push_back(static_cast<std::byte>(value & 0xFFU));
}

Dbm changing_rssi(std::uint64_t round) {
  return Dbm{static_cast<std::int8_t>(-40 - static_cast<int>(round % 40))};
}

class Load final : public Program {
 public:
  Load(LoadSpec spec, const Clock& clock)
      : spec_(std::move(spec)),
        clock_(clock),
        total_(static_cast<std::uint64_t>(spec_.length.count()) * spec_.per_second / kMicros) {
    advert_.kind = spec_.kind;
  }

  std::optional<Duration> due() override {
    if (number_ >= total_ || spec_.devices == 0) return std::nullopt;
    const Duration even{static_cast<std::int64_t>(number_ * kMicros / spec_.per_second)};
    return spec_.burst > Duration{0} ? even - even % spec_.burst : even;
  }

  const Advertisement& take() override {
    const LoadAdvert now{number_, static_cast<std::uint32_t>(number_ % spec_.devices), clock_.steady()};
    advert_.address = spec_.address ? spec_.address(now.device) : load_address(spec_.group, now.device);
    advert_.payload = spec_.payload ? spec_.payload(now) : numbered_payload(now);
    advert_.rssi = spec_.rssi ? spec_.rssi(now) : changing_rssi(number_ / spec_.devices);
    ++number_;
    return advert_;
  }

 private:
  static constexpr std::uint64_t kMicros = 1'000'000;

  const LoadSpec spec_;
  const Clock& clock_;
  const std::uint64_t total_;
  std::uint64_t number_ = 0;
  Advertisement advert_;
};

}  // namespace

Address load_address(std::uint8_t group, std::uint32_t device) {
  return {{0xC0, 0xDE, 0xAD, group, static_cast<std::uint8_t>(device >> 8U), static_cast<std::uint8_t>(device)}, true};
}

Bytes numbered_payload(const LoadAdvert& advert) {
  Bytes out;
  out.reserve(kHead.size() + kNumberedData);
  out.assign(kHead.begin(), kHead.end());
  out.push_back(kTag);
  put_little(out, advert.number, 4);
  put_little(out, static_cast<std::uint64_t>(advert.now.time_since_epoch().count()), 8);
  return out;
}

std::optional<NumberedAdvert> read_numbered(ByteSpan payload) {
  if (payload.size() == kHead.size() + kNumberedData) payload = payload.subspan(kHead.size());
  ByteCursor cursor(payload);
  const auto tag = static_cast<std::byte>(cursor.u8());
  NumberedAdvert out;
  out.number = cursor.u32(ByteOrder::little);
  out.sent = SteadyTime(Duration{static_cast<std::int64_t>(cursor.u64(ByteOrder::little))});
  if (!cursor.ok() || tag != kTag) return std::nullopt;
  return out;
}

std::unique_ptr<Program> make_load(LoadSpec spec, const Clock& clock) {
  return std::make_unique<Load>(std::move(spec), clock);
}

}  // namespace aisle::rig
