// The outbox as JSON, the same from the daemon and from the CLI.
#pragma once

#include <string>

#include "agent/model/event.hpp"
#include "agent/store/store.hpp"

namespace aisle::app {

[[nodiscard]] Json check_json(const store::OutboxCheck& check);
// One event with what is known of it, as a line of JSON; its last member, `event`, is the payload byte for byte.
[[nodiscard]] std::string row_line(const store::OutboxRow& row);
[[nodiscard]] std::string letter_line(const store::DeadLetter& letter);
// Which dead letters: "ids" and "types" of a request.
[[nodiscard]] Json choice_json(const store::DeadLetterChoice& choice);
[[nodiscard]] Result<store::DeadLetterChoice> choice_of(const nlohmann::json& request);

}  // namespace aisle::app
