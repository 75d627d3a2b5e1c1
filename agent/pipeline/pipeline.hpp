// The way of the data, composed: an advert is decoded, resolved, placed, and answered with an offer. Pure and
// single-threaded: items and time go in, events and the state they changed come out, to be committed together.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/model/advert.hpp"
#include "agent/model/event.hpp"
#include "agent/model/records.hpp"
#include "agent/offers/offers.hpp"
#include "agent/pipeline/advert_stats.hpp"
#include "agent/presence/presence.hpp"
#include "ble/identity/resolver.hpp"

namespace aisle::pipeline {

// Told of every decision, made or not.
using DecisionWatch = std::function<void(const offers::Question& question, const offers::Decision& decision)>;

struct PipelineOptions {
  std::string gateway;  // our own id: the receiver of adverts that name none
  identity::ResolverOptions resolver;
  presence::PresenceOptions presence;
  std::vector<presence::ZoneSpec> zones;
  std::map<std::string, std::vector<std::string>> categories;  // by zone id
  std::string timezone;                                        // IANA, of the store
  // The clock that Advert::arrived was read from; nullptr where decisions carry no latency (replays).
  const Clock* latency_clock = nullptr;
  DecisionWatch on_decision{};  // none: nobody looks
};

// A moment that might be: a customer in a zone.
struct Supposed {
  std::string customer, zone;
  Trigger trigger = Trigger::enter;
  UnixTime at{};
  std::optional<Duration> dwell;  // in the zone so far; none: 0 on entering, else the zone's first dwell step
  Confidence confidence = Confidence::high;
  std::optional<Assurance> assurance;  // none: the best that the customer's devices can give by being heard
  std::size_t most = SIZE_MAX;         // offers, as of OfferBook::explain
};

// Why nobody would be asked at all.
enum class Unasked { no_proximity_consent, customers_unconfirmed };
[[nodiscard]] std::string_view to_string(Unasked why);

struct Explained {
  Supposed supposed;  // with what was left open filled in
  bool clock_trusted = true;
  std::optional<Unasked> unasked;
  offers::Explanation explanation;  // valid until the offers change
};

struct DecisionMade {
  std::string id;
  offers::PastDecision decision;
};
struct VisitNumbered {
  std::string customer;
  std::int32_t day = 0;
  std::uint32_t number = 0;
};

// What one step brought about: one transaction.
struct Output {
  std::vector<Event> events;
  std::vector<DecisionMade> decisions;
  std::vector<VisitNumbered> visits;
  std::vector<LeaseSpend> spends;  // of the decisions
  [[nodiscard]] bool empty() const { return events.empty() && decisions.empty() && visits.empty(); }
};

class Pipeline final : private presence::PresenceListener, private presence::VisitNumbers {
 public:
  // Error: an unknown time zone.
  [[nodiscard]] static Result<std::unique_ptr<Pipeline>> create(PipelineOptions options);
  ~Pipeline() override;

  // Takes one item of a source. After a SourceEnd, silence is run until every visit has ended.
  void on_item(const SourceItem& item);
  // Time passed: consents, intervals and silences that are due.
  void advance(Stamp now);
  // When `advance` has something to do next, if anything.
  [[nodiscard]] std::optional<SteadyTime> next_deadline() const;
  // Computes some tokens ahead; true while more is left.
  bool prepare(std::size_t steps) { return resolver_.prepare(steps); }
  // Some are not recognized before more was prepared.
  [[nodiscard]] bool behind() const { return resolver_.behind(); }
  // Moves out what came about since the last call.
  [[nodiscard]] Output take_output();

  // The wall clock was set by this much; what is open goes along, so that its times stay in order.
  void shift_wall(Duration by);
  void set_clock_trusted(bool trusted) { clock_trusted_ = trusted; }
  // As of Presence.
  void set_thresholds(const std::vector<presence::ZoneSpec>& zones) { presence_->set_thresholds(zones); }
  // False: `customers` was not confirmed current for too long; nobody is resolved, open visits end.
  void set_customers_usable(bool usable, Stamp now);

  void upsert_customer(const Customer& customer, Stamp now);
  // Nothing of them stays.
  void erase_customer(std::string_view id, Stamp now);
  // What was decided for them is forgotten; the numbers of their visits are not used again while they are kept.
  void delete_customer(std::string_view id, Stamp now);
  // Out of the set; what was decided for them still counts.
  void withdraw_customer(std::string_view id, Stamp now);
  // Replaces the set; visits of those who are gone, or no longer consent, end.
  void replace_customers(const std::vector<Customer>& customers, Stamp now);
  void add_keys(const std::vector<DayKey>& keys);
  [[nodiscard]] identity::Resolver& resolver() { return resolver_; }
  [[nodiscard]] offers::OfferBook& offers() { return offers_; }
  // What would be decided then, by what is known now. Changes nothing. Error: an unknown customer or zone.
  [[nodiscard]] Result<Explained> explain(Supposed supposed) const;
  // At start, from the store.
  void restore(const std::vector<offers::PastDecision>& decisions, const std::vector<VisitNumbered>& visits);
  // Ends all visits for a reason of ours; nobody is offered anything.
  void end_all(presence::EndReason reason, Stamp now);

  [[nodiscard]] const AdvertStats& adverts() const { return stats_; }
  [[nodiscard]] identity::ResolverStats resolver_stats() const { return resolver_.stats(); }
  [[nodiscard]] offers::OfferStats offer_stats() const { return offers_.stats(); }
  [[nodiscard]] const presence::Presence& presence() const { return *presence_; }
  // The latest moment seen.
  [[nodiscard]] Stamp now() const { return now_; }

 private:
  Pipeline(PipelineOptions options, offers::OfferBook offers);

  void on_advert(const Advert& advert);
  void on_resolved(const Advert& advert, const identity::Resolution& resolution);
  void step_to(Stamp now);
  void run_out();
  void decide(const presence::Visit& visit, presence::Stay& stay, Trigger trigger, Stamp at);
  // Notes when the next dwell offer falls due, later than `dwell` after the entry.
  void ask_again(presence::Stay& stay, Duration dwell) const;
  [[nodiscard]] const std::vector<std::string>& categories_of(const std::string& zone) const;
  [[nodiscard]] static seconds default_dwell(const presence::ZoneSpec& zone);
  void emit(Event event);
  [[nodiscard]] std::uint32_t last_number(std::string_view customer, std::int32_t utc_day) const;

  void on_visit_started(const presence::Visit& visit) override;
  void on_zone_entered(const presence::Visit& visit, presence::Stay& stay, Stamp at) override;
  void on_zone_dwelled(const presence::Visit& visit, presence::Stay& stay, seconds step, Stamp at) override;
  void on_stay_due(const presence::Visit& visit, presence::Stay& stay, Stamp at) override;
  void on_zone_exited(const presence::Visit& visit, presence::Stay& stay, Stamp at) override;
  void on_visit_ended(const presence::Visit& visit, presence::EndReason reason, Stamp at) override;
  void on_coverage_changed(const presence::ZoneSpec& zone, presence::Coverage coverage, Stamp at) override;
  std::uint32_t next(std::string_view customer, std::int32_t utc_day) override;

  PipelineOptions options_;
  GatewayId own_;
  identity::Resolver resolver_;
  offers::OfferBook offers_;
  std::unique_ptr<presence::Presence> presence_;
  decode::Decoded decoded_;
  AdvertStats stats_;
  Output output_;
  // Customer, or the digest of one who was deleted -> UTC day -> last number. Of more than one day, for a clock that
  // jumps there and back.
  std::map<std::string, std::map<std::int32_t, std::uint32_t>, std::less<>> visit_numbers_;
  std::int32_t numbers_pruned_day_ = 0;
  Stamp now_;
  std::optional<SteadyTime> arrived_;  // of the advert being worked on
  bool ending_ = false;
  bool clock_trusted_ = true, customers_usable_ = true;
};

}  // namespace aisle::pipeline
