#include "tests/bench/resync/crowd.hpp"

#include "ble/identity/token.hpp"
#include "tests/bench/resync/cloud.hpp"

namespace aisle::bench {
namespace {

constexpr std::uint64_t kCustomers = 200;
constexpr milliseconds kPace{5};

}  // namespace

void Crowd::speak() {
  if (sink_ == nullptr) return;
  const bool known = ++number_ % 2 == 0;
  const Key128 key = known ? day_key(number_ / 2 % kCustomers) : Key128{};
  const auto rpi = identity::derive_rpi(identity::derive_rpik(key), token_interval(clock_.now()));
  Advert advert;
  advert.at = clock_.stamp();
  advert.rssi = Dbm{-50};
  advert.payload = Payload(identity::token_ad(rpi));
  static_cast<void>(sink_->offer(advert));
  if (known) ++known_;
  loop_.after(kPace, [this] { speak(); });
}

}  // namespace aisle::bench
