#include "agent/update/outcome.hpp"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "agent/base/durable_file.hpp"
#include "agent/records/records.hpp"
#include "agent/update/folder.hpp"

namespace aisle::update {
namespace {

constexpr std::array<std::string_view, 8> kNames = {"none",      "waiting",     "fetching", "installing",
                                                    "confirmed", "rolled_back", "refused",  "withdrawn"};
constexpr std::size_t kMaxOutcome = 8192;
constexpr std::size_t kMaxWhy = 1000;
constexpr mode_t kForAll = 0644;

}  // namespace

std::string_view to_string(State state) {
  return kNames.at(static_cast<std::size_t>(state));
}

bool is_final(State state) {
  return state >= State::confirmed;
}

Json outcome_json(const Outcome& outcome) {
  const auto or_null = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  return {{"state", to_string(outcome.state)},
          {"command", or_null(outcome.command)},
          {"version", or_null(outcome.version)},
          {"why", or_null(outcome.why)}};
}

Result<Outcome> parse_outcome(std::string_view text) {
  const auto read = records::parse_json(text, kMaxOutcome);
  if (!read) return tl::unexpected(read.error());
  if (!read->is_object()) return fail("an object expected");
  const auto member = [&](const char* name) {
    const auto found = read->find(name);
    return found != read->end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const std::string state = member("state");
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames.at(i) == state)
      return Outcome{static_cast<State>(i), member("command"), member("version"), member("why")};
  }
  return fail("\"state\": not known");
}

Status write_outcome(const std::string& path, const Outcome& outcome) {
  Outcome shown = outcome;
  shown.why.resize(std::min(shown.why.size(), kMaxWhy));
  const std::string text = outcome_json(shown).dump(-1, ' ', false, Json::error_handler_t::replace);
  if (auto written = write_durably(path, text, path); !written) return written;
  if (chmod(path.c_str(), kForAll) != 0) return fail("{}: {}", path, std::strerror(errno));
  return {};
}

std::optional<Outcome> read_outcome(const std::string& path) {
  const auto text = read_small_file(path, kMaxOutcome);
  if (!text) return std::nullopt;
  auto outcome = parse_outcome(*text);
  return outcome ? std::optional(*std::move(outcome)) : std::nullopt;
}

}  // namespace aisle::update
