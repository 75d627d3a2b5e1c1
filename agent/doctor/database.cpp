#include "agent/doctor/database.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

namespace aisle::doctor {
namespace {
constexpr const char* kId = "database.integrity";

std::size_t size_of(const nlohmann::json& check, const char* list) {
  const auto found = check.find(list);
  return found != check.end() && found->is_array() ? found->size() : 0;
}

std::uint64_t rows_of(const nlohmann::json& check) {
  const auto found = check.find("rows");
  return found != check.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

// What the disk has altered need not be UTF-8.
std::string clean(const nlohmann::json& text) {
  const std::string quoted = text.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return text.is_string() ? quoted.substr(1, quoted.size() - 2) : quoted;
}

}  // namespace

DatabaseFacts gather_database(const std::string& path, const std::function<Result<nlohmann::json>()>& check) {
  DatabaseFacts facts;
  facts.path = path;
  facts.there = access(path.c_str(), F_OK) == 0 || errno == EACCES;
  if (!facts.there) return facts;
  auto answer = check();
  if (!answer) {
    facts.trouble = answer.error().message();
    facts.hidden = access(path.c_str(), R_OK) != 0 && errno == EACCES;
  } else if (!answer->is_object()) {
    facts.trouble = "the daemon ended meanwhile; ask again";
  } else {
    facts.check = std::move(*answer);
  }
  return facts;
}

Finding judge_database(const DatabaseFacts& facts) {
  if (!facts.there)
    return not_applicable(kId, "there is no database yet", facts.path + " comes with the daemon's first start");
  if (facts.hidden) {
    return not_applicable(kId, "the database could not be looked at",
                          "this user may not read " + facts.path + ": sudo aislectl doctor");
  }
  const std::string fix =
      "nothing to do for the past: the daemon sets aside what is damaged and goes on; look at disk.health, and at "
      "aislectl outbox check";
  if (!facts.trouble.empty()) return failure(kId, "the database cannot be checked", facts.trouble, fix);
  if (size_of(facts.check, "problems") > 0) {
    return failure(kId, fmt::format("the database has {} problems", size_of(facts.check, "problems")),
                   clean(facts.check["problems"][0]), fix);
  }
  if (size_of(facts.check, "set_aside") > 0) {
    return warning(
        kId, fmt::format("{} events were altered by the disk and set aside", size_of(facts.check, "set_aside")),
        "a card that alters what it holds is worn out", "replace the card; aislectl outbox check names them");
  }
  return ok(kId, fmt::format("the database is sound: {} events wait", rows_of(facts.check)));
}

}  // namespace aisle::doctor
