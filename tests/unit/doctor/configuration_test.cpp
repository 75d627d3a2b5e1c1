#include "agent/doctor/configuration.hpp"

#include "agent/doctor/clock.hpp"
#include "agent/doctor/database.hpp"
#include "tests/unit/doctor/judged.hpp"

namespace aisle::doctor {
namespace {

using ::testing::HasSubstr;

constexpr const char* kValid =
    "[store]\nid = \"s1\"\ngateway = \"g1\"\ntimezone = \"Europe/Madrid\"\n[[zones]]\nid = \"a\"\nreceivers = "
    "[\"g1\"]\n";

std::map<std::string, Finding> look(const FakeTree& files) {
  return judged(judge_configuration, gather_configuration(files.root() + "/aisle.toml"));
}

TEST(DoctorConfiguration, AValidOneIsAllRight) {
  const FakeTree files;
  files.write("/aisle.toml", kValid);
  files.write("/aisle.toml.d/10-broker.toml", "[sync]\nport = 1884\n");
  const auto found = look(files);
  for (const auto& [id, finding] : found) EXPECT_EQ(finding.state, State::ok) << id << ": " << finding.why;
  EXPECT_THAT(found.at("config.drop_ins").why, HasSubstr("10-broker.toml"));
}

TEST(DoctorConfiguration, AMisspeltKeyIsNamedWithItsPlace) {
  const FakeTree files;
  files.write("/aisle.toml", std::string(kValid) + "[sync]\nprot = 1\n");
  const auto found = look(files);
  EXPECT_EQ(found.at("config.valid").state, State::failure);
  EXPECT_THAT(found.at("config.valid").why, HasSubstr(":9:1: sync.prot"));
  EXPECT_THAT(found.at("config.valid").fix, HasSubstr("config check"));
  EXPECT_EQ(found.at("config.keys").state, State::not_applicable);
}

TEST(DoctorConfiguration, AMissingFileAndADropInWithoutItsNameAreSaid) {
  const FakeTree files;
  files.write("/aisle.toml.d/broker.conf", "");
  const auto found = look(files);
  EXPECT_THAT(found.at("config.valid").what, HasSubstr("is not there"));
  EXPECT_EQ(found.at("config.drop_ins").state, State::warning);
  EXPECT_THAT(found.at("config.drop_ins").fix, HasSubstr("broker.conf.toml"));
}

TEST(DoctorConfiguration, AKeyWithoutEffectIsAWarning) {
  const FakeTree files;
  files.write("/aisle.toml", std::string(kValid) + "[http]\nport = 8480\n");
  EXPECT_EQ(look(files).at("config.keys").state, State::warning);
}

TEST(DoctorClock, OneThatIsWaitedForMustBeSynchronised) {
  EXPECT_EQ(state_of(judge_clock({UnixTime{}, false, false, false})), State::failure);
  EXPECT_EQ(state_of(judge_clock({UnixTime{}, true, false, false})), State::warning);
  EXPECT_EQ(state_of(judge_clock({UnixTime{}, true, false, true})), State::failure);
  EXPECT_EQ(state_of(judge_clock({UnixTime{}, true, true, true})), State::ok);
}

TEST(DoctorDatabase, WhatTheCheckSaysIsJudged) {
  const FakeTree files;
  const std::string path = files.root() + "/aisle.db";
  const auto with = [&](const char* json) {
    return judge_database(gather_database(path, [&] { return Result<nlohmann::json>(nlohmann::json::parse(json)); }));
  };
  EXPECT_EQ(state_of(with("{}")), State::not_applicable);  // no such file
  files.write("/aisle.db", "");
  EXPECT_EQ(state_of(with(R"({"rows":3,"problems":[],"set_aside":[]})")), State::ok);
  const auto damaged = with(R"({"problems":["row 3 is damaged"],"set_aside":[]})");
  EXPECT_EQ(state_of(damaged), State::failure);
  EXPECT_EQ(damaged.why, "row 3 is damaged");
  EXPECT_EQ(state_of(with(R"({"problems":[],"set_aside":["e-1"]})")), State::warning);
  const auto corrupt =
      judge_database(gather_database(path, []() -> Result<nlohmann::json> { return fail("it is corrupt"); }));
  EXPECT_EQ(state_of(corrupt), State::failure);
  EXPECT_EQ(corrupt.why, "it is corrupt");
}

}  // namespace
}  // namespace aisle::doctor
