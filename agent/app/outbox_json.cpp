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

std::string text_of(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// A payload that is no line of JSON any more is shown as a string.
std::string line_of(const Json& what, const std::string& payload) {
  const bool whole = payload.find('\n') == std::string::npos && Json::accept(payload);
  std::string line = text_of(what);
  line.back() = ',';  // in the place of the closing brace
  return line + "\"event\":" + (whole ? payload : text_of(payload)) + "}";
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

std::string row_line(const store::OutboxRow& row) {
  return line_of(event_json(row, row.damaged ? "damaged" : "pending"), row.event.payload);
}

std::string letter_line(const store::DeadLetter& letter) {
  Json out = event_json(letter.row, letter.reason_code == store::kDamaged ? "damaged" : "dead");
  out["reason_code"] = letter.reason_code;
  out["reason"] = letter.why;
  return line_of(out, letter.row.event.payload);
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
