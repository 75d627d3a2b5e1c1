// What became of the last update: a small file that whoever decides it writes, and everybody may read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/base/result.hpp"
#include "agent/model/event.hpp"

namespace aisle::update {

enum class State { none, waiting, fetching, installing, confirmed, rolled_back, refused, withdrawn };
[[nodiscard]] std::string_view to_string(State state);
// Nothing follows.
[[nodiscard]] bool is_final(State state);

struct Outcome {
  State state = State::none;
  std::string command{}, version{};  // the version that was offered
  std::string why{};                 // of rolled_back and refused
};

[[nodiscard]] Json outcome_json(const Outcome& outcome);
[[nodiscard]] Result<Outcome> parse_outcome(std::string_view text);
[[nodiscard]] Status write_outcome(const std::string& path, const Outcome& outcome);
// None: there is no such file, or nothing in it that can be understood.
[[nodiscard]] std::optional<Outcome> read_outcome(const std::string& path);

}  // namespace aisle::update
