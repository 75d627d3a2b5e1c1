// The cost of one advert in a full store, and of one decision over a thousand offers.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "agent/base/random.hpp"
#include "agent/offers/offers.hpp"
#include "agent/presence/presence.hpp"

namespace aisle {
namespace {

struct Numbers final : presence::VisitNumbers {
  std::uint32_t next(std::string_view, std::int32_t) override { return ++last; }
  std::uint32_t last = 0;
};

struct Deaf final : presence::PresenceListener {
  void on_visit_started(const presence::Visit&) override {}
  void on_zone_entered(const presence::Visit&, presence::Stay&, Stamp) override {}
  void on_zone_dwelled(const presence::Visit&, presence::Stay&, seconds, Stamp) override {}
  void on_stay_due(const presence::Visit&, presence::Stay&, Stamp) override {}
  void on_zone_exited(const presence::Visit&, presence::Stay&, Stamp) override {}
  void on_visit_ended(const presence::Visit&, presence::EndReason, Stamp) override {}
  void on_coverage_changed(const presence::ZoneSpec&, presence::Coverage, Stamp) override {}
};

constexpr std::size_t kZones = 20;

std::vector<presence::ZoneSpec> zones() {
  std::vector<presence::ZoneSpec> specs(kZones);
  for (std::size_t i = 0; i < kZones; ++i) {
    specs[i].id = "z" + std::to_string(i);
    specs[i].receivers.push_back({GatewayId("g" + std::to_string(i)), -68, -76});
  }
  return specs;
}

void sightings(benchmark::State& state) {
  Numbers numbers;
  Deaf listener;
  presence::Presence presence({}, zones(), numbers, listener);
  SeededRandom random(1);
  std::vector<std::string> customers;
  for (std::int64_t i = 0; i < state.range(0); ++i) customers.push_back("c-" + std::to_string(i));
  Stamp at{SteadyTime{seconds{1}}, UnixTime{seconds{1'772'452'800}}};
  const Duration step{1'000'000 / state.range(0)};  // one advert a second each
  std::size_t next = 0;
  for (auto _ : state) {
    at.mono += step;
    at.wall += step;
    const std::size_t i = next++ % customers.size();
    const GatewayId gateway("g" + std::to_string(random.below(3) + i % (kZones - 3)));
    presence.on_sighting({customers[i], gateway, -65 + 6 * random.normal(), Assurance::rotating, {}}, at);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(sightings)->Arg(100)->Arg(20000);

void decide(benchmark::State& state) {
  auto book = offers::OfferBook::create("Europe/Madrid");
  if (!book) return state.SkipWithError("no time zones");
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    Offer offer;
    offer.id = "offer-with-a-long-name-" + std::to_string(i);
    offer.zones = {"tea", "coffee"};
    offer.hours = {{0, 600}, {600, 1440}};
    offer.segments_any = {"silver", "gold"};
    offer.caps = {{CapScope::offer, 5, seconds{86'400}}, {CapScope::store, 500, seconds{86'400}}};
    offer.cooldown = seconds{3600};
    offer.priority = i % 10;
    book->upsert(offer);
  }
  Customer customer;
  customer.id = "c-1";
  customer.offers = Consent{};
  customer.segments = {"gold"};
  offers::Question question;
  question.customer = &customer;
  question.zone_id = "coffee";
  question.now = UnixTime{seconds{1'772'452'800}};
  for (int i = 0; i < 20; ++i) book->record({"c-1", "old-" + std::to_string(i), "", question.now});
  for (auto _ : state) benchmark::DoNotOptimize(book->decide(question));
}
BENCHMARK(decide)->Arg(10)->Arg(1000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace aisle
