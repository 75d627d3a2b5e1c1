// What would be decided for a customer at a moment that might be.
#include <algorithm>

#include "agent/pipeline/pipeline.hpp"

namespace aisle::pipeline {
namespace {

Result<const presence::ZoneSpec*> find_zone(const std::vector<presence::ZoneSpec>& zones, const std::string& id) {
  const auto found = std::ranges::find(zones, id, &presence::ZoneSpec::id);
  if (found != zones.end()) return &*found;
  std::string known;
  for (const auto& zone : zones) known += (known.empty() ? "" : ", ") + zone.id;
  return fail("there is no zone \"{}\"; the configuration has {}", id.substr(0, 64), known.empty() ? "none" : known);
}

}  // namespace

std::string_view to_string(Unasked why) {
  return why == Unasked::no_proximity_consent ? "no_proximity_consent" : "customers_unconfirmed";
}

Result<Explained> Pipeline::explain(Supposed supposed) const {
  const auto zone = find_zone(presence_->zones(), supposed.zone);
  if (!zone) return tl::unexpected(zone.error());
  const auto* known = resolver_.find_customer(supposed.customer);
  if (known == nullptr) return fail("there is no customer \"{}\" here", supposed.customer.substr(0, 128));
  const Customer customer = known->unpack();
  const seconds first_step = default_dwell(**zone);
  if (!supposed.dwell) supposed.dwell = supposed.trigger == Trigger::enter ? Duration{0} : Duration{first_step};
  if (!supposed.assurance) supposed.assurance = customer.devices.empty() ? Assurance::static_id : Assurance::rotating;

  offers::Question question;
  question.customer = &customer;
  question.zone_id = supposed.zone;
  question.zone_categories = &categories_of(supposed.zone);
  question.trigger = supposed.trigger;
  question.dwell = *supposed.dwell;
  question.confidence = supposed.confidence;
  question.assurance = *supposed.assurance;
  question.now = supposed.at;
  question.clock_trusted = clock_trusted_;
  question.default_dwell = first_step;
  Explained out;
  out.explanation = offers_.explain(question, supposed.most);
  out.clock_trusted = clock_trusted_;
  if (!customers_usable_) out.unasked = Unasked::customers_unconfirmed;
  if (!customer.proximity || !customer.proximity->current(supposed.at)) out.unasked = Unasked::no_proximity_consent;
  out.supposed = std::move(supposed);
  return out;
}

}  // namespace aisle::pipeline
