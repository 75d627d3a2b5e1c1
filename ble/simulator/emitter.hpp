// What the simulated devices send: customers' tokens, other phones' adverts, fixed beacons.
#pragma once

#include <cstdint>

#include "agent/base/hex.hpp"
#include "agent/base/time.hpp"
#include "agent/model/advert.hpp"

namespace aisle::simulator {

enum class EmitterKind : std::uint8_t { app, apple, exposure, ibeacon, tlm, bthome };

class Emitter {
 public:
  // `number` counts within customers (their ordinal), passers or beacons.
  Emitter(std::uint64_t seed, EmitterKind kind, std::uint32_t number);

  // Sends at `now`, which never goes back: brings address and payload up to date.
  void send(UnixTime now);
  [[nodiscard]] const Address& address() const { return address_; }
  [[nodiscard]] ByteSpan payload() const { return payload_; }

  // Mean time between two adverts, and the longest random delay on top.
  [[nodiscard]] Duration interval() const { return interval_; }
  static constexpr Duration kMaxDelay = milliseconds{10};

 private:
  void renew(std::int64_t period, UnixTime now);
  void rebuild_sensor(UnixTime now);
  [[nodiscard]] Bytes token_payload(UnixTime now);
  [[nodiscard]] std::uint64_t stream_number() const;

  std::uint64_t seed_;
  EmitterKind kind_;
  std::uint32_t number_;
  Duration interval_{};
  Duration rotation_{};  // of address and identifiers; zero: fixed
  Duration phase_{};     // of the rotation
  std::int64_t period_ = -1;
  std::uint32_t sent_ = 0;
  UnixTime first_{};
  Address address_;
  Bytes payload_;
};

}  // namespace aisle::simulator
