// What one check found: a state, and one line each of what it is, why it matters or is known, and how to put it right.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace aisle::doctor {

enum class State : std::uint8_t { ok, warning, failure, not_applicable };
[[nodiscard]] constexpr std::string_view to_string(State state) {
  constexpr std::string_view kNames[] = {"ok", "warning", "failure", "not_applicable"};
  return kNames[static_cast<std::size_t>(state)];
}

// Holds no secret and no address of a radio.
struct Finding {
  std::string id;  // "broker.login"; the same from version to version
  State state = State::ok;
  std::string what, why, fix;  // `fix` is empty where there is nothing to do
};
using Tell = std::function<void(Finding)>;

inline Finding ok(std::string id, std::string what, std::string why = {}) {
  return {std::move(id), State::ok, std::move(what), std::move(why), {}};
}
inline Finding not_applicable(std::string id, std::string what, std::string why) {
  return {std::move(id), State::not_applicable, std::move(what), std::move(why), {}};
}
inline Finding warning(std::string id, std::string what, std::string why, std::string fix) {
  return {std::move(id), State::warning, std::move(what), std::move(why), std::move(fix)};
}
inline Finding failure(std::string id, std::string what, std::string why, std::string fix) {
  return {std::move(id), State::failure, std::move(what), std::move(why), std::move(fix)};
}

}  // namespace aisle::doctor
