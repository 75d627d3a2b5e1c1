#include "agent/app/draft.hpp"

namespace aisle::app {
namespace {

std::int64_t micros(UnixTime time) {
  return time.time_since_epoch().count();
}

// The members of an event's data that are times.
bool is_time(const std::string& name) {
  return name == "entered" || name == "left" || name == "expires_at";
}

void shift_times(Json& value, Duration shift) {
  if (!value.is_structured()) return;
  for (auto& entry : value.items()) {
    Json& member = entry.value();
    if (!value.is_object() || !member.is_string() || !is_time(entry.key())) {
      shift_times(member, shift);
    } else if (const auto time = parse_rfc3339(member.get_ref<const std::string&>())) {
      member = format_rfc3339(*time + shift);
    }
  }
}

}  // namespace

std::string draft_body(const Event& event, UnixTime recorded) {
  // The customer's member is named as in the envelope, by which an erasure finds it.
  Json out = {{"type", event.type}, {"time_us", micros(event.time)}, {"recorded_us", micros(recorded)}};
  if (event.customer) out["partitionkey"] = *event.customer;
  out["data"] = event.data;
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Settled> settle_draft(const std::string& body, Duration shift) {
  const Json draft = Json::parse(body, nullptr, false);
  const auto number = [&draft](const char* name) { return draft.contains(name) && draft[name].is_number_integer(); };
  if (!draft.is_object() || !draft.contains("type") || !draft["type"].is_string() || !draft.contains("data") ||
      !number("time_us") || !number("recorded_us"))
    return fail("no draft of an event");
  Settled out;
  out.event.type = draft["type"];
  out.event.time = UnixTime{Duration{draft["time_us"].get<std::int64_t>()}} + shift;
  out.recorded = UnixTime{Duration{draft["recorded_us"].get<std::int64_t>()}} + shift;
  if (draft.contains("partitionkey")) out.event.customer = draft["partitionkey"].get<std::string>();
  out.event.data = draft["data"];
  shift_times(out.event.data, shift);
  return out;
}

}  // namespace aisle::app
