#include "ble/simulator/emitter.hpp"

#include <gtest/gtest.h>

#include "ble/identity/token.hpp"
#include "ble/simulator/population.hpp"

namespace aisle::simulator {
namespace {

constexpr UnixTime kStart{seconds{1'740'000'000}};

// Every AD structure's length byte must lead exactly to the end.
bool well_formed(ByteSpan payload) {
  std::size_t at = 0;
  while (at < payload.size()) at += 1 + std::to_integer<std::size_t>(payload[at]);
  return at == payload.size() && payload.size() <= 31;
}

TEST(Emitter, PayloadsAreWellFormed) {
  for (const auto kind : {EmitterKind::app, EmitterKind::apple, EmitterKind::exposure, EmitterKind::ibeacon,
                          EmitterKind::tlm, EmitterKind::bthome}) {
    for (std::uint32_t number = 1; number < 5; ++number) {
      Emitter emitter(3, kind, number);
      emitter.send(kStart);
      EXPECT_TRUE(well_formed(emitter.payload())) << to_hex(emitter.payload());
      EXPECT_TRUE(emitter.address().random);
    }
  }
}

TEST(Emitter, TokensAreThoseOfTheDayKey) {
  Emitter emitter(3, EmitterKind::app, 9);
  for (int i = 0; i < 20; ++i) {
    const UnixTime now = kStart + seconds{7 * 3600} + i * seconds{600};  // past midnight
    emitter.send(now);
    const auto rpik = identity::derive_rpik(simulated_day_key(3, 9, utc_day(now)));
    const auto rpi = identity::derive_rpi(rpik, token_interval(now));
    EXPECT_EQ(to_hex(emitter.payload()),
              "02011a"
              "11074f324f10" +
                  to_hex(ByteSpan(rpi).first(12)));
  }
}

TEST(Emitter, AddressRotatesWithTheToken) {
  Emitter emitter(3, EmitterKind::app, 2);
  const UnixTime interval_start{seconds{1'740'000'000 / 600 * 600}};
  emitter.send(interval_start);
  const Address first = emitter.address();
  const std::string token = to_hex(emitter.payload());
  emitter.send(interval_start + seconds{599});
  EXPECT_EQ(emitter.address(), first);
  EXPECT_EQ(to_hex(emitter.payload()), token);
  emitter.send(interval_start + seconds{600});
  EXPECT_NE(emitter.address(), first);
  EXPECT_NE(to_hex(emitter.payload()), token);
  EXPECT_TRUE(emitter.address().resolvable_private());
}

TEST(Emitter, BeaconsKeepTheirAddress) {
  Emitter emitter(3, EmitterKind::tlm, 1);
  emitter.send(kStart);
  const Address first = emitter.address();
  const std::string before = to_hex(emitter.payload());
  emitter.send(kStart + seconds{86'400});
  EXPECT_EQ(emitter.address(), first);
  EXPECT_NE(to_hex(emitter.payload()), before);  // its counters went on
}

}  // namespace
}  // namespace aisle::simulator
