#include "tests/e2e/doctor/checkup.hpp"

namespace aisle::e2e {

using ::testing::HasSubstr;

std::string Checkup::state(const std::string& id) const {
  const auto found = checks.find(id);
  return found == checks.end() ? "no such check" : found->second["state"].get<std::string>();
}

void Checkup::expect_failure(const std::string& id, const std::string& said, const std::string& fix) const {
  SCOPED_TRACE(id);
  EXPECT_EQ(exit, 1);
  ASSERT_TRUE(checks.contains(id)) << errors;
  const json& check = checks.at(id);
  EXPECT_EQ(check["state"], "failure") << check;
  EXPECT_THAT(check["what"].get<std::string>() + " | " + check["why"].get<std::string>(), HasSubstr(said));
  EXPECT_THAT(check["fix"].get<std::string>(), HasSubstr(fix));
}

Checkup checkup(const Site& site, const std::string& system) {
  std::vector<std::string> arguments = {"doctor", "--json", "--config", site.file("aisle.toml")};
  if (!system.empty()) arguments.insert(arguments.end(), {"--root", system});
  const auto done = site.ctl_here(arguments);
  Checkup out{done.exit, done.err, {}};
  const auto report = json::parse(done.out, nullptr, false);
  if (!report.is_object()) return out;
  for (const auto& check : report["checks"]) out.checks[check["id"]] = check;
  return out;
}

}  // namespace aisle::e2e
