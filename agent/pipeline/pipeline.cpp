#include "agent/pipeline/pipeline.hpp"

#include <utility>

#include "agent/pipeline/event_data.hpp"

namespace aisle::pipeline {

Result<std::unique_ptr<Pipeline>> Pipeline::create(PipelineOptions options) {
  auto offers = offers::OfferBook::create(options.timezone);
  if (!offers) return tl::unexpected(offers.error());
  return std::unique_ptr<Pipeline>(new Pipeline(std::move(options), std::move(*offers)));
}

Pipeline::Pipeline(PipelineOptions options, offers::OfferBook offers)
    : options_(std::move(options)),
      own_(options_.gateway),
      resolver_(options_.resolver),
      offers_(std::move(offers)),
      // Not make_unique: the two interfaces are private bases.
      presence_(new presence::Presence(options_.presence, options_.zones, *this, *this)) {
  offers_.leases().set_gateway(options_.gateway);
}

Pipeline::~Pipeline() = default;

void Pipeline::on_item(const SourceItem& item) {
  if (const auto* advert = std::get_if<Advert>(&item)) {
    on_advert(*advert);
  } else if (const auto* state = std::get_if<ReceiverState>(&item)) {
    advance(state->at);
    presence_->on_receiver(state->receiver.empty() ? own_ : state->receiver, state->up, now_);
  } else if (const auto* tick = std::get_if<ClockTick>(&item)) {
    advance(tick->at);
  } else {
    run_out();
  }
}

std::optional<SteadyTime> Pipeline::next_deadline() const {
  const auto silence = presence_->next_deadline();
  const auto consent = resolver_.next_consent_change();
  if (!silence || !consent) return silence;  // with nobody there no consent matters before the next advert
  return std::min(*silence, now_.mono + std::max(Duration{0}, *consent - now_.wall));
}

void Pipeline::advance(Stamp now) {
  if (now.mono < now_.mono) now.mono = now_.mono;
  // Each silence, and each end of a consent, at its own moment, however long the source said nothing: what is decided
  // then is the same in every run.
  for (auto due = next_deadline(); due && *due < now.mono; due = next_deadline()) {
    const Duration step = *due - now_.mono;
    if (step <= Duration{0}) break;  // what was due before is run below
    step_to({*due, now_.wall + step});
  }
  step_to(now);
}

void Pipeline::step_to(Stamp now) {
  now_ = now;
  for (const auto& customer : resolver_.advance(now.wall)) {
    presence_->forget(customer, presence::EndReason::consent_withdrawn, now);
  }
  presence_->advance(now);
  const auto day = utc_day(now.wall);
  if (day != numbers_pruned_day_) {
    numbers_pruned_day_ = day;
    const auto oldest = utc_day(now.wall - offers::kClockSlack) - 1;
    for (auto& entry : visit_numbers_) entry.second.erase(entry.second.begin(), entry.second.lower_bound(oldest));
    std::erase_if(visit_numbers_, [](const auto& entry) { return entry.second.empty(); });
    offers_.prune(now.wall);
  }
}

void Pipeline::on_advert(const Advert& advert) {
  advance(advert.at);
  decode::decode(advert.payload.view(), decoded_);
  stats_.count_kind(decoded_);
  const auto resolution = resolver_.resolve(decoded_, advert.address, now_.wall);
  switch (resolution.outcome) {
    case identity::Outcome::unresolved:
      ++stats_.unresolved;
      break;
    case identity::Outcome::refused_replay:
      ++stats_.refused;
      ++stats_.refused_replay;
      break;
    case identity::Outcome::refused_ambiguous:
      ++stats_.refused;
      ++stats_.refused_ambiguous;
      break;
    case identity::Outcome::customer:
    case identity::Outcome::asset:
      on_resolved(advert, resolution);
  }
}

void Pipeline::on_resolved(const Advert& advert, const identity::Resolution& resolution) {
  if (!advert.rssi.known()) {
    ++stats_.refused;
    ++stats_.refused_rssi;
    return;
  }
  ++stats_.resolved;
  if (resolution.customer == nullptr) return;
  arrived_ = advert.arrived;
  presence::Sighting sighting;
  sighting.customer = resolution.customer->id();
  sighting.receiver = advert.receiver.empty() ? own_ : advert.receiver;
  sighting.rssi_dbm = advert.rssi.value + resolution.tx_offset_db;
  sighting.louder = advert.louder;
  sighting.assurance = resolution.assurance;
  sighting.carrier = resolution.carrier;
  presence_->on_sighting(sighting, now_);
  arrived_.reset();
}

void Pipeline::shift_wall(Duration by) {
  now_.wall += by;
  presence_->shift_wall(by);
}

void Pipeline::run_out() {
  while (const auto due = next_deadline()) {
    const Duration step = std::max(*due - now_.mono, Duration{1});
    advance({now_.mono + step, now_.wall + step});
  }
}

void Pipeline::end_all(presence::EndReason reason, Stamp now) {
  ending_ = true;
  presence_->end_all(reason, now);
  ending_ = false;
}

Output Pipeline::take_output() {
  return std::exchange(output_, {});
}

void Pipeline::set_customers_usable(bool usable, Stamp now) {
  customers_usable_ = usable;
  resolver_.set_customers_usable(usable);
  if (!usable) end_all(presence::EndReason::consent_withdrawn, now);
}

void Pipeline::upsert_customer(const Customer& customer, Stamp now) {
  const bool consents = customer.proximity && customer.proximity->current(now.wall);
  resolver_.upsert_customer(customer);
  if (!consents) presence_->forget(customer.id, presence::EndReason::consent_withdrawn, now);
}

void Pipeline::erase_customer(std::string_view id, Stamp now) {
  withdraw_customer(id, now);
  offers_.forget_customer(id);
  for (const std::string& name : {std::string(id), customer_digest(id)}) visit_numbers_.erase(name);
}

void Pipeline::delete_customer(std::string_view id, Stamp now) {
  withdraw_customer(id, now);
  offers_.forget_customer(id);
  const auto it = visit_numbers_.find(id);
  if (it == visit_numbers_.end()) return;
  auto& kept = visit_numbers_[customer_digest(id)];
  for (const auto& [day, last] : it->second) kept[day] = last;
  visit_numbers_.erase(it);
}

void Pipeline::withdraw_customer(std::string_view id, Stamp now) {
  resolver_.erase_customer(id);  // first: who is gone is offered nothing on the way out
  presence_->forget(id, presence::EndReason::consent_withdrawn, now);
}

void Pipeline::replace_customers(const std::vector<Customer>& customers, Stamp now) {
  resolver_.clear_customers();
  for (const auto& customer : customers) resolver_.upsert_customer(customer);
  for (const auto& row : presence_->rows()) {
    const auto* customer = resolver_.find_customer(row.customer);
    const auto consent = customer == nullptr ? std::nullopt : customer->proximity();
    if (!consent || !consent->current(now.wall)) {
      presence_->forget(row.customer, presence::EndReason::consent_withdrawn, now);
    }
  }
}

void Pipeline::add_keys(const std::vector<DayKey>& keys) {
  for (const auto& key : keys) resolver_.add_key(key);
}

void Pipeline::restore(const std::vector<offers::PastDecision>& decisions, const std::vector<VisitNumbered>& visits) {
  for (const auto& decision : decisions) offers_.record(decision);
  for (const auto& visit : visits) visit_numbers_[visit.customer][visit.day] = visit.number;
}

const std::vector<std::string>& Pipeline::categories_of(const std::string& zone) const {
  static const std::vector<std::string> kNone;
  const auto it = options_.categories.find(zone);
  return it == options_.categories.end() ? kNone : it->second;
}

seconds Pipeline::default_dwell(const presence::ZoneSpec& zone) {
  return zone.dwell.empty() ? seconds{60} : zone.dwell.front();
}

void Pipeline::decide(const presence::Visit& visit, presence::Stay& stay, Trigger trigger, Stamp at) {
  bool& made = stay.offer_made[static_cast<std::size_t>(trigger)];
  const auto* known = made ? nullptr : resolver_.find_customer(visit.customer);
  if (known == nullptr) return;
  const Customer customer = known->unpack();
  if (!customer.proximity || !customer.proximity->current(now_.wall)) return;
  offers::Question question;
  question.customer = &customer;
  question.zone_id = stay.zone_id;
  question.zone_categories = &categories_of(stay.zone_id);
  question.trigger = trigger;
  question.dwell = at.mono - stay.entered.mono;
  question.confidence = stay.confidence;
  question.assurance = visit.assurance;
  question.now = at.wall;
  question.clock_trusted = clock_trusted_;
  question.default_dwell = default_dwell(presence_->zones()[stay.zone]);
  const auto decision = offers_.decide(question);
  if (options_.on_decision) options_.on_decision(question, decision);
  if (decision.offer == nullptr) return;
  made = true;
  offers::PastDecision past{visit.customer, decision.offer->id, decision.offer->group, at.wall};
  offers_.record(past);
  if (decision.lease) {
    offers_.leases().record(*decision.lease);
    output_.spends.push_back(*decision.lease);
  }
  std::optional<Duration> latency;
  if (options_.latency_clock != nullptr && arrived_) latency = options_.latency_clock->steady() - *arrived_;
  const std::string id = decision_id(visit, stay, trigger);
  emit(offer_decided({visit, stay, customer, decision, trigger, id, at.wall, latency}));
  output_.decisions.push_back({id, std::move(past)});
}

void Pipeline::ask_again(presence::Stay& stay, Duration dwell) const {
  stay.next_offer_due.reset();
  if (stay.offer_made[static_cast<std::size_t>(Trigger::dwell)]) return;
  const auto due = offers_.next_dwell_due(stay.zone_id, categories_of(stay.zone_id), dwell,
                                          default_dwell(presence_->zones()[stay.zone]));
  if (due) stay.next_offer_due = stay.entered.mono + *due;
}

void Pipeline::emit(Event event) {
  event.time_estimated = !clock_trusted_;
  event.noticed = now_.wall;
  output_.events.push_back(std::move(event));
}

void Pipeline::on_visit_started(const presence::Visit& visit) {
  emit(visit_started(visit));
}

void Pipeline::on_zone_entered(const presence::Visit& visit, presence::Stay& stay, Stamp at) {
  emit(zone_event("entered", visit, stay, std::nullopt, at.wall));
  decide(visit, stay, Trigger::enter, at);
  ask_again(stay, Duration{-1});  // an offer may fall due at once
}

void Pipeline::on_zone_dwelled(const presence::Visit& visit, presence::Stay& stay, seconds step, Stamp at) {
  emit(zone_event("dwelled", visit, stay, step, at.wall));
}

void Pipeline::on_stay_due(const presence::Visit& visit, presence::Stay& stay, Stamp at) {
  decide(visit, stay, Trigger::dwell, at);
  ask_again(stay, at.mono - stay.entered.mono);
}

void Pipeline::on_zone_exited(const presence::Visit& visit, presence::Stay& stay, Stamp at) {
  emit(zone_event("exited", visit, stay, at.mono - stay.entered.mono, at.wall));
  // Noticed too late (coverage was lost) or for a reason of ours (shutdown): nobody walked out who could be offered
  // anything.
  const bool late = now_.mono - at.mono > presence_->zones()[stay.zone].exit_after + seconds{5};
  if (!late && !ending_) decide(visit, stay, Trigger::exit, at);
}

void Pipeline::on_visit_ended(const presence::Visit& visit, presence::EndReason reason, Stamp at) {
  emit(visit_ended(visit, reason, at));
}

void Pipeline::on_coverage_changed(const presence::ZoneSpec& zone, presence::Coverage coverage, Stamp at) {
  emit(coverage_changed(zone.id, coverage, at.wall));
}

std::uint32_t Pipeline::last_number(std::string_view customer, std::int32_t utc_day) const {
  const auto it = visit_numbers_.find(customer);
  if (it == visit_numbers_.end()) return 0;
  const auto day = it->second.find(utc_day);
  return day == it->second.end() ? 0 : day->second;
}

std::uint32_t Pipeline::next(std::string_view customer, std::int32_t utc_day) {
  std::uint32_t last = last_number(customer, utc_day);
  if (last == 0) last = last_number(customer_digest(customer), utc_day);
  visit_numbers_[std::string(customer)][utc_day] = ++last;
  output_.visits.push_back({std::string(customer), utc_day, last});
  return last;
}

}  // namespace aisle::pipeline
