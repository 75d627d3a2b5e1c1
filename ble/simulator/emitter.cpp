#include "ble/simulator/emitter.hpp"

#include <algorithm>
#include <initializer_list>

#include "ble/identity/token.hpp"
#include "ble/simulator/draw.hpp"
#include "ble/simulator/population.hpp"

namespace aisle::simulator {
namespace {

constexpr Duration kTokenRotation = seconds{600};
constexpr Duration kOtherRotation = seconds{900};

void append(Bytes& out, std::initializer_list<unsigned> bytes) {
  for (const unsigned b : bytes) out.push_back(static_cast<std::byte>(b));
}
void append_random(Bytes& out, Random& random, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out.push_back(static_cast<std::byte>(random.below(256)));
}
void append_big_endian(Bytes& out, std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i)
    out.push_back(static_cast<std::byte>((value >> (8 * (width - 1 - i))) & 0xFFU));
}

// The two top bits tell the kind of a random address: 11 static, 01 resolvable, 00 neither.
Address draw_address(Random& random, unsigned top_bits) {
  Address address;
  address.random = true;
  for (auto& b : address.bytes) b = static_cast<std::uint8_t>(random.below(256));
  address.bytes[0] = static_cast<std::uint8_t>((address.bytes[0] & 0x3FU) | (top_bits << 6U));
  return address;
}

Bytes apple_nearby(Random& random) {
  Bytes out;
  append(out, {0x02, 0x01, 0x1A, 0x0A, 0xFF, 0x4C, 0x00, 0x10, 0x05});
  append_random(out, random, 5);
  return out;
}

Bytes exposure_notification(Random& random) {
  Bytes out;
  append(out, {0x02, 0x01, 0x1A, 0x03, 0x03, 0x6F, 0xFD, 0x17, 0x16, 0x6F, 0xFD});
  append_random(out, random, 20);
  return out;
}

Bytes ibeacon(Random& random, std::uint32_t number) {
  Bytes out;
  append(out, {0x02, 0x01, 0x06, 0x1A, 0xFF, 0x4C, 0x00, 0x02, 0x15});
  append_random(out, random, 16);
  append_big_endian(out, 1, 2);
  append_big_endian(out, number, 2);
  append(out, {0xC5});
  return out;
}

}  // namespace

Emitter::Emitter(std::uint64_t seed, EmitterKind kind, std::uint32_t number)
    : seed_(seed), kind_(kind), number_(number) {
  SeededRandom random = stream(seed, Stream::payload, stream_number());
  switch (kind) {
    case EmitterKind::app:
      interval_ = chance(random, 60) ? milliseconds{250} : milliseconds{1000};
      rotation_ = kTokenRotation;
      break;
    case EmitterKind::apple:
    case EmitterKind::exposure:
      interval_ = chance(random, 50) ? milliseconds{270} : milliseconds{1022};
      rotation_ = kOtherRotation;
      phase_ = random.jitter(kOtherRotation);
      break;
    case EmitterKind::ibeacon:
      interval_ = milliseconds{500};
      break;
    case EmitterKind::tlm:
      interval_ = milliseconds{1000};
      break;
    case EmitterKind::bthome:
      interval_ = milliseconds{10'000};
      break;
  }
}

std::uint64_t Emitter::stream_number() const {
  const bool passer = kind_ == EmitterKind::apple || kind_ == EmitterKind::exposure;
  const std::uint64_t family = kind_ == EmitterKind::app ? 0 : passer ? 1 : 2;
  return (family << 32U) | number_;
}

void Emitter::send(UnixTime now) {
  if (period_ < 0) first_ = now;
  const Duration since = now.time_since_epoch() + phase_;
  const std::int64_t period = rotation_.count() == 0 ? 0 : since / rotation_;
  if (period != period_) renew(period, now);
  if (kind_ == EmitterKind::tlm || kind_ == EmitterKind::bthome) rebuild_sensor(now);
  ++sent_;
}

void Emitter::renew(std::int64_t period, UnixTime now) {
  period_ = period;
  SeededRandom random = stream(seed_, Stream::address, stream_number(), static_cast<std::uint64_t>(period));
  const bool fixed = rotation_.count() == 0;
  const unsigned top_bits = fixed ? 3U : number_ % 3 == 0 ? 0U : 1U;
  address_ = draw_address(random, top_bits);
  if (kind_ == EmitterKind::app) payload_ = token_payload(now);
  if (kind_ == EmitterKind::apple) payload_ = apple_nearby(random);
  if (kind_ == EmitterKind::exposure) payload_ = exposure_notification(random);
  if (kind_ == EmitterKind::ibeacon) payload_ = ibeacon(random, number_);
}

Bytes Emitter::token_payload(UnixTime now) {
  const Key128 rpik = identity::derive_rpik(simulated_day_key(seed_, number_, utc_day(now)));
  const auto structure = identity::token_ad(identity::derive_rpi(rpik, token_interval(now)));
  Bytes out;
  append(out, {0x02, 0x01, number_ % 2 == 0 ? 0x02U : 0x1AU});  // flags as Android and iOS send them
  out.insert(out.end(), structure.begin(), structure.end());
  return out;
}

void Emitter::rebuild_sensor(UnixTime now) {
  const Duration up = now - first_;
  payload_.clear();
  if (kind_ == EmitterKind::tlm) {
    append(payload_, {0x02, 0x01, 0x06, 0x03, 0x03, 0xAA, 0xFE, 0x11, 0x16, 0xAA, 0xFE, 0x20, 0x00});
    append_big_endian(payload_, 3000 - number_ % 500, 2);  // mV
    append_big_endian(payload_, 0x1580, 2);                // 21.5 degrees Celsius, 8.8 fixed point
    append_big_endian(payload_, sent_ + 1, 4);
    append_big_endian(payload_, static_cast<std::uint64_t>(up.count() / 100'000), 4);  // tenths of a second
    return;
  }
  // BTHome v2: packet id, battery %, temperature and humidity in hundredths, little-endian.
  const unsigned temperature = 2000 + number_ % 300;
  const unsigned humidity = 4500 + number_ % 700;
  append(payload_, {0x02, 0x01, 0x06, 0x0E, 0x16, 0xD2, 0xFC, 0x40, 0x00, sent_ & 0xFFU, 0x01, 90, 0x02,
                    temperature & 0xFFU, temperature >> 8U, 0x03, humidity & 0xFFU, humidity >> 8U});
}

}  // namespace aisle::simulator
