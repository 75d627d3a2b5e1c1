// Random histories: a resolver that prepares in slices answers like one that never does, and both like a plain model.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/unit/identity/fixture.hpp"

namespace aisle::identity {
namespace {

using testing::AdvertBuilder;
using testing::at;
using testing::customer;
using testing::who;

constexpr std::int32_t kDay = 20779;
constexpr std::uint32_t kOrdinals = 40;
constexpr std::uint64_t kCustomers = 30;

// What the contract says, by brute force; without the replay rule, which has its own tests.
struct Model {
  std::map<std::string, Customer> customers;
  std::map<std::pair<std::uint32_t, std::int32_t>, Key128> keys;

  [[nodiscard]] std::string who(const Rpi& rpi, UnixTime now) const {
    const std::uint32_t middle = token_interval(now);
    std::set<std::pair<std::string, std::uint32_t>> owners;  // two devices of one customer are two as well
    for (const auto& [of, key] : keys) {
      for (std::uint32_t interval = middle - 1; interval <= middle + 1; ++interval) {
        if (day_of_interval(interval) != of.second) continue;
        const Rpi mine = derive_rpi(derive_rpik(key), interval);
        if (!std::equal(mine.begin(), mine.begin() + 12, rpi.begin())) continue;
        for (const auto& [id, c] : customers) {
          if (!c.proximity || !c.proximity->current(now)) continue;
          for (const auto& device : c.devices) {
            if (device.ordinal == of.first) owners.emplace(id, device.ordinal);
          }
        }
      }
    }
    return owners.empty() ? "" : owners.size() > 1 ? "<ambiguous>" : owners.begin()->first;
  }
};

class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed), lazy_({}), eager_({}), sliced_({.in_slices = true}) {}

  void step() {
    switch (random_.below(8)) {
      case 0:
      case 1:
        upsert();
        break;
      case 2:
        erase();
        break;
      case 3:
      case 4:
        add_key();
        break;
      case 5:
        erase_key();
        break;
      default:
        move_time();
    }
    if (random_.below(3) == 0) (void)eager_.prepare(1 + random_.below(20));
    const auto a = lazy_.advance(now_);
    const auto b = eager_.advance(now_);
    sliced_.advance(now_);
    while (sliced_.behind()) static_cast<void>(sliced_.prepare(1 + random_.below(5)));
    EXPECT_EQ(std::multiset<std::string>(a.begin(), a.end()), std::multiset<std::string>(b.begin(), b.end()));
    drop_old_keys();
  }
  // Tokens of intervals near the present.
  void check() {
    const std::uint32_t middle = token_interval(now_);
    for (std::uint32_t ordinal = 0; ordinal < kOrdinals; ordinal += 1 + static_cast<std::uint32_t>(random_.below(9))) {
      const std::uint32_t interval = middle - 1 + static_cast<std::uint32_t>(random_.below(3));
      const auto key = model_.keys.find({ordinal, day_of_interval(interval)});
      if (key == model_.keys.end()) continue;
      const Rpi rpi = derive_rpi(derive_rpik(key->second), interval);
      AdvertBuilder advert;
      advert.token(rpi);
      const std::string lazy = testing::who(lazy_.resolve(advert.get(), testing::kPublic, now_));
      const std::string eager = testing::who(eager_.resolve(advert.get(), testing::kPublic, now_));
      EXPECT_EQ(lazy, eager);
      EXPECT_EQ(lazy, testing::who(sliced_.resolve(advert.get(), testing::kPublic, now_)));
      if (lazy != "<replay>") {
        EXPECT_EQ(lazy, model_.who(rpi, now_));
      }
      resolved_ += lazy.rfind("c-", 0) == 0 ? 1 : 0;
    }
    EXPECT_EQ(lazy_.stats().tokens_ready, eager_.stats().tokens_ready);
    EXPECT_EQ(lazy_.stats().tokens_ready, sliced_.stats().tokens_ready);
    EXPECT_EQ(lazy_.stats().customers, sliced_.stats().customers);
    EXPECT_EQ(lazy_.stats().keys, model_.keys.size());
    EXPECT_EQ(lazy_.stats().customers, eager_.stats().customers);
  }
  [[nodiscard]] int resolved() const { return resolved_; }

 private:
  std::string some_id() { return "c-" + std::to_string(random_.below(kCustomers)); }
  void upsert() {
    Customer c = customer(some_id(), {});
    for (std::uint64_t n = random_.below(4); n > 0; --n) {
      c.devices.push_back({static_cast<std::uint32_t>(random_.below(kOrdinals)), 0});
    }
    c.proximity->granted_at = now_ + seconds(static_cast<std::int64_t>(random_.below(2000)) - 1900);
    if (random_.below(2) == 0) c.proximity->expires_at = now_ + seconds(random_.below(4000));
    if (random_.below(10) == 0) c.proximity.reset();
    model_.customers[c.id] = c;
    lazy_.upsert_customer(c);
    eager_.upsert_customer(c);
    sliced_.upsert_customer(c);
  }
  void erase() {
    const std::string id = some_id();
    EXPECT_EQ(lazy_.erase_customer(id), model_.customers.erase(id) == 1);
    eager_.erase_customer(id);
    sliced_.erase_customer(id);
  }
  void add_key() {
    for (int i = 0; i < 5; ++i) {
      DayKey key;
      key.ordinal = static_cast<std::uint32_t>(random_.below(kOrdinals));
      key.day = utc_day(now_) + static_cast<std::int32_t>(random_.below(3)) - 1;
      // Few different keys, so that devices share some.
      key.key = testing::key_number(random_.below(60));
      model_.keys[{key.ordinal, key.day}] = key.key;
      lazy_.add_key(key);
      eager_.add_key(key);
      sliced_.add_key(key);
    }
    drop_old_keys();
  }
  void erase_key() {
    const std::int32_t day = utc_day(now_) + static_cast<std::int32_t>(random_.below(3)) - 1;
    std::optional<std::uint32_t> ordinal;
    if (random_.below(20) != 0) ordinal = static_cast<std::uint32_t>(random_.below(kOrdinals));
    std::erase_if(model_.keys, [&](const auto& entry) {
      return entry.first.second == day && (!ordinal || entry.first.first == *ordinal);
    });
    lazy_.erase_keys(day, ordinal);
    eager_.erase_keys(day, ordinal);
    sliced_.erase_keys(day, ordinal);
  }
  void move_time() {
    const std::uint64_t kind = random_.below(10);
    if (kind == 0) now_ += seconds(random_.below(20'000));
    if (kind == 1) now_ -= seconds(2 + random_.below(1500));  // less is no step back in slices
    if (kind > 1) now_ += seconds(random_.below(700));
  }
  void drop_old_keys() {
    const std::int32_t first = day_of_interval(token_interval(now_) - 1);
    std::erase_if(model_.keys, [&](const auto& entry) { return entry.first.second < first; });
    for (Resolver* resolver : {&lazy_, &eager_, &sliced_}) resolver->drop_keys_before(first);
  }

  SeededRandom random_;
  Resolver lazy_;
  Resolver eager_;   // prepared now and then
  Resolver sliced_;  // nothing at once
  Model model_;
  UnixTime now_ = at(std::int64_t{kDay} * 86400 - 4000);
  int resolved_ = 0;
};

TEST(Property, PreparedOrNotTheAnswersAreTheModels) {
  int resolved = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    History history(seed);
    for (int i = 0; i < 150; ++i) {
      history.step();
      if (i % 5 == 0) history.check();
      if (::testing::Test::HasFailure()) return;
    }
    resolved += history.resolved();
  }
  EXPECT_GT(resolved, 500) << "the histories must not be empty";
}

}  // namespace
}  // namespace aisle::identity
