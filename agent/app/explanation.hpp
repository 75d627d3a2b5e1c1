// `aislectl offers explain`: the question and the answer as JSON, the same from the daemon and from the CLI.
#pragma once

#include "agent/model/event.hpp"
#include "agent/pipeline/pipeline.hpp"

namespace aisle::app {

// {"customer","zone","trigger","at"?,"dwell_s"?,"confidence"?,"assurance"?}; `now` where "at" is missing. Error: which
// member is wrong, and what is expected.
[[nodiscard]] Result<pipeline::Supposed> supposed_of(const nlohmann::json& request, UnixTime now);

// {"customer_id","zone_id","trigger","at","dwell_s","confidence","assurance","clock_trusted","unasked","winner":null|
// {"offer_id","version","priority","weight","won_by","holdout","holdout_percent","experiment","coupon"},"left_out",
// "offers":[{"offer_id","version","trigger","priority","weight","made","refused":[…],"outranked_by"?}]}, by rank.
[[nodiscard]] Json explained_json(const pipeline::Explained& explained);

}  // namespace aisle::app
