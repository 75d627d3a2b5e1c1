// The outbox as JSON, the same from the daemon and from the CLI.
#pragma once

#include "agent/model/event.hpp"
#include "agent/store/store.hpp"

namespace aisle::app {

[[nodiscard]] Json check_json(const store::OutboxCheck& check);
// One event with what is known of it; `event` is the CloudEvent.
[[nodiscard]] Json row_json(const store::OutboxRow& row);
[[nodiscard]] Json letter_json(const store::DeadLetter& letter);
// Which dead letters: "ids" and "types" of a request.
[[nodiscard]] Json choice_json(const store::DeadLetterChoice& choice);
[[nodiscard]] Result<store::DeadLetterChoice> choice_of(const nlohmann::json& request);

}  // namespace aisle::app
