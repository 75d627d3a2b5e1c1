#include "agent/app/outbox_json.hpp"

#include <fmt/format.h>

#include <string_view>

#include "agent/base/time.hpp"

namespace aisle::app {
namespace {

Json event_json(const store::OutboxRow& row, std::string_view state) {
  return {{"id", row.id},
          {"state", state},
          {"type", row.event.type},
          {"epoch", row.event.epoch},
          {"sequence", row.event.sequence},
          {"bytes", row.event.payload.size()},
          {"ledger", row.event.ledger},
          {"recorded", format_rfc3339(UnixTime{milliseconds{row.event.recorded_ms}})}};
}

// A payload that is no JSON any more is shown as it is.
Json payload_json(const std::string& payload) {
  Json event = Json::parse(payload, nullptr, false);
  return event.is_discarded() ? Json(payload) : event;
}

}  // namespace

Json check_json(const store::OutboxCheck& check) {
  Json epochs = Json::object();
  for (const auto& [epoch, span] : check.epochs) {
    epochs[epoch] = {{"first", span.first},
                     {"last", span.last},
                     {"waiting", span.rows},
                     {"gone_between", span.last - span.first + 1 - span.rows}};
  }
  return {{"sound", check.problems.empty()},    {"rows", check.rows}, {"bytes", check.bytes},
          {"dead_letters", check.dead_letters}, {"epochs", epochs},   {"problems", check.problems},
          {"set_aside", check.set_aside}};
}

Json row_json(const store::OutboxRow& row) {
  Json out = event_json(row, row.damaged ? "damaged" : "pending");
  out["event"] = payload_json(row.event.payload);
  return out;
}

Json letter_json(const store::DeadLetter& letter) {
  Json out = event_json(letter.row, letter.reason_code == store::kDamaged ? "damaged" : "dead");
  out["reason_code"] = letter.reason_code;
  out["reason"] = letter.why;
  out["event"] = payload_json(letter.row.event.payload);
  return out;
}

Json choice_json(const store::DeadLetterChoice& choice) {
  return {{"ids", choice.ids}, {"types", choice.types}};
}

Result<store::DeadLetterChoice> choice_of(const nlohmann::json& request) {
  store::DeadLetterChoice choice;
  try {
    choice.ids = request.value("ids", choice.ids);
    choice.types = request.value("types", choice.types);
  } catch (const nlohmann::json::exception&) {
    return fail("\"ids\" must be a list of integers, \"types\" one of strings");
  }
  return choice;
}

}  // namespace aisle::app
