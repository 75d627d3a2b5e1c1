#include "agent/app/examiner.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace aisle::app {
namespace {

using ::testing::HasSubstr;

class ExaminerTest : public ::testing::Test {
 protected:
  // What a shell command line is taken to report, to each of `askers`.
  std::vector<Result<nlohmann::json>> reports(const std::string& script, std::size_t askers = 1,
                                              milliseconds limit = seconds(60)) {
    std::vector<Result<nlohmann::json>> out;
    Examiner examiner(core, {"/bin/sh", "-c", script}, limit);
    for (std::size_t i = 0; i < askers; ++i) examiner.ask([&](const auto& report) { out.push_back(report); });
    while (out.size() < askers) core.run_once();
    return out;
  }
  std::string error_of(const std::string& script, milliseconds limit = seconds(60)) {
    const auto report = reports(script, 1, limit)[0];
    return report ? "a report" : report.error().message();
  }

  SystemClock clock;
  EpollLoop core{clock};
};

TEST_F(ExaminerTest, GivesEveryAskerTheOneReport) {
  // The process tells itself apart.
  const auto told = reports("echo \"{\\\"process\\\":$$}\"", 3);
  ASSERT_EQ(told.size(), 3U);
  for (const auto& report : told) {
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ((*report)["process"], (*told[0])["process"]);
  }
}

TEST_F(ExaminerTest, SaysWhyThereIsNone) {
  EXPECT_THAT(error_of("echo nonsense"), HasSubstr("JSON"));
  EXPECT_THAT(error_of("echo 7"), HasSubstr("no report"));
  EXPECT_THAT(error_of("exec cat /dev/zero"), HasSubstr("too much"));
  EXPECT_THAT(error_of("exec sleep 3600", milliseconds(20)), HasSubstr("did not end"));
}

TEST_F(ExaminerTest, TheChildHasNoFileOfOurs) {
  constexpr int kAboveWhatAShellOpens = 50;
  const int ours = fcntl(STDERR_FILENO, F_DUPFD, kAboveWhatAShellOpens);  // is left open by an exec
  ASSERT_GE(ours, kAboveWhatAShellOpens);
  const auto told = reports("test -e /proc/$$/fd/" + std::to_string(ours) + "; echo \"{\\\"absent\\\":$?}\"");
  close(ours);
  ASSERT_TRUE(told[0]) << told[0].error().message();
  EXPECT_EQ((*told[0])["absent"], 1);
}

TEST_F(ExaminerTest, LeavesNoChildBehind) {
  {
    Examiner examiner(core, {"/bin/sh", "-c", "exec sleep 3600"}, seconds(60));
    examiner.ask([](const auto&) {});
  }
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

}  // namespace
}  // namespace aisle::app
