#include "agent/doctor/runner.hpp"

#include <future>

#include "agent/doctor/doctor.hpp"
#include "agent/doctor/within.hpp"
#include "tests/unit/doctor/judged.hpp"

namespace aisle::doctor {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;

TEST(DoctorRunner, WhatHangsIsAFailureAndTheOthersAreTold) {
  auto never = std::make_shared<std::promise<void>>();
  const auto ended = never->get_future().share();
  const auto found = run({{{"slow.first", "slow.second"},
                           milliseconds(50),
                           "kick it",
                           [ended](const Tell& tell) {
                             tell(ok("slow.first", "it did this much"));
                             ended.wait();
                           }},
                          {{"quick", "quick.unsaid"}, milliseconds(60'000), "", [](const Tell& tell) {
                             tell(warning("quick", "a", "b", "c"));
                           }}});
  EXPECT_TRUE(found.left_behind);
  EXPECT_THAT(found.list, ElementsAre(Field(&Finding::id, "slow.first"), Field(&Finding::id, "slow.second"),
                                      Field(&Finding::id, "quick"), Field(&Finding::id, "quick.unsaid")));
  EXPECT_EQ(found.list[1].state, State::failure);
  EXPECT_EQ(found.list[1].fix, "kick it");
  EXPECT_EQ(found.list[3].state, State::not_applicable);
  EXPECT_EQ(worst_of(found.list), State::failure);
  never->set_value();
}

TEST(DoctorRunner, ACallThatDoesNotReturnIsGivenUp) {
  auto never = std::make_shared<std::promise<int>>();
  const auto answer = never->get_future().share();
  EXPECT_FALSE(within<int>(milliseconds(20), [answer] { return answer.get(); }));
  never->set_value(1);
  EXPECT_EQ(within<int>(milliseconds(60'000), [] { return 5; }), 5);
}

TEST(DoctorRunner, TheReportHasEveryCheck) {
  const auto report = report_json({ok("a", "fine"), warning("b", "what", "why", "fix")});
  EXPECT_EQ(report["state"], "warning");
  EXPECT_EQ(report["counts"].dump(), R"({"ok":1,"warning":1,"failure":0,"not_applicable":0})");
  EXPECT_EQ(report["checks"][1].dump(), R"({"id":"b","state":"warning","what":"what","why":"why","fix":"fix"})");
}

}  // namespace
}  // namespace aisle::doctor
