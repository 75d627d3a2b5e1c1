#include "agent/app/explanation.hpp"

#include <array>
#include <utility>

#include "agent/pipeline/event_data.hpp"

namespace aisle::app {
namespace {

constexpr std::int64_t kLongestDwell = 7 * 86'400;

std::optional<std::string> text_of(const nlohmann::json& request, const char* name) {
  const auto it = request.find(name);
  if (it == request.end() || !it->is_string()) return std::nullopt;
  return it->get<std::string>();
}

template <class T, std::size_t N>
Result<T> one_of(const nlohmann::json& request, const char* name, const std::array<T, N>& values,
                 std::string_view (*name_of)(T)) {
  const auto text = text_of(request, name);
  std::string expected;
  for (const T value : values) {
    if (text && *text == name_of(value)) return value;
    expected += (expected.empty() ? "" : ", ") + std::string(name_of(value));
  }
  return fail("\"{}\": one of {} expected", name, expected);
}

Result<UnixTime> time_of(const nlohmann::json& request, UnixTime now) {
  if (!request.contains("at")) return now;
  const auto time = parse_rfc3339(text_of(request, "at").value_or(""));
  if (!time) return fail("\"at\": a time such as 2026-03-06T15:00:00Z expected");
  return *time;
}

Result<std::optional<Duration>> dwell_of(const nlohmann::json& request) {
  const auto it = request.find("dwell_s");
  if (it == request.end()) return std::optional<Duration>();
  if (it->is_number_integer()) {
    const auto value = it->get<std::int64_t>();
    if (value >= 0 && value <= kLongestDwell) return std::optional<Duration>(seconds{value});
  }
  return fail("\"dwell_s\": seconds from 0 to {} expected", kLongestDwell);
}

const char* ahead_by(const Offer& better, const Offer& worse) {
  if (better.priority != worse.priority) return "priority";
  return better.weight != worse.weight ? "weight" : "lower_id";
}

// Only the rank is against it.
bool only_outranked(const offers::Judged& judged) {
  return judged.why.size() == 1 && judged.why.front() == offers::Refusal::outranked;
}

Json winner_json(const offers::Explanation& explanation) {
  const Offer& winner = *explanation.winner;
  const char* won_by = explanation.runner_up == nullptr ? "only_one" : ahead_by(winner, *explanation.runner_up);
  Json out = {{"offer_id", winner.id},
              {"version", winner.version},
              {"priority", winner.priority},
              {"weight", winner.weight},
              {"won_by", won_by},
              {"holdout", explanation.holdout},
              {"holdout_percent", winner.holdout_percent}};
  out["experiment"] = winner.experiment.empty() ? Json() : Json(winner.experiment);
  out["coupon"] = !winner.coupon || explanation.holdout ? Json() : Json(winner.coupon->lease ? "lease" : "code");
  return out;
}

Json judged_json(const offers::Judged& judged, const pipeline::Explained& explained) {
  const Offer& offer = *judged.offer;
  Json refused = Json::array();
  if (explained.unasked) refused.push_back(to_string(*explained.unasked));
  for (const auto why : judged.why) {
    if (explained.unasked && why == offers::Refusal::outranked) continue;
    refused.push_back(to_string(why));
  }
  Json out = {
      {"offer_id", offer.id},         {"version", offer.version}, {"trigger", pipeline::to_string(offer.trigger)},
      {"priority", offer.priority},   {"weight", offer.weight},   {"made", refused.empty()},
      {"refused", std::move(refused)}};
  if (!explained.unasked && only_outranked(judged))
    out["outranked_by"] = ahead_by(*explained.explanation.winner, offer);
  return out;
}

}  // namespace

Result<pipeline::Supposed> supposed_of(const nlohmann::json& request, UnixTime now) {
  pipeline::Supposed out;
  const auto customer = text_of(request, "customer"), zone = text_of(request, "zone");
  if (!customer || !zone) return fail("\"customer\" and \"zone\": ids expected");
  out.customer = *customer;
  out.zone = *zone;
  const auto trigger =
      one_of(request, "trigger", std::array{Trigger::enter, Trigger::dwell, Trigger::exit}, &pipeline::to_string);
  if (!trigger) return tl::unexpected(trigger.error());
  out.trigger = *trigger;
  const auto at = time_of(request, now);
  if (!at) return tl::unexpected(at.error());
  out.at = *at;
  const auto dwell = dwell_of(request);
  if (!dwell) return tl::unexpected(dwell.error());
  out.dwell = *dwell;
  if (request.contains("confidence")) {
    const auto confidence = one_of<Confidence>(
        request, "confidence", std::array{Confidence::low, Confidence::medium, Confidence::high}, &aisle::to_string);
    if (!confidence) return tl::unexpected(confidence.error());
    out.confidence = *confidence;
  }
  if (request.contains("assurance")) {
    const auto assurance = one_of<Assurance>(
        request, "assurance", std::array{Assurance::static_id, Assurance::rotating, Assurance::challenge},
        &aisle::to_string);
    if (!assurance) return tl::unexpected(assurance.error());
    out.assurance = *assurance;
  }
  return out;
}

Json explained_json(const pipeline::Explained& explained) {
  const auto& supposed = explained.supposed;
  const auto dwell = supposed.dwell.value_or(Duration{0});
  Json out = {{"customer_id", supposed.customer},
              {"zone_id", supposed.zone},
              {"trigger", pipeline::to_string(supposed.trigger)},
              {"at", format_rfc3339(supposed.at)},
              {"dwell_s", std::chrono::duration_cast<seconds>(dwell).count()},
              {"confidence", aisle::to_string(supposed.confidence)},
              {"assurance", aisle::to_string(supposed.assurance.value_or(Assurance::static_id))},
              {"clock_trusted", explained.clock_trusted}};
  out["unasked"] = explained.unasked ? Json(to_string(*explained.unasked)) : Json();
  const bool made = explained.explanation.winner != nullptr && !explained.unasked;
  out["winner"] = made ? winner_json(explained.explanation) : Json();
  out["left_out"] = explained.explanation.left_out;
  out["offers"] = Json::array();
  for (const auto& judged : explained.explanation.offers) out["offers"].push_back(judged_json(judged, explained));
  return out;
}

}  // namespace aisle::app
