#include "agent/base/journal_stream.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "agent/base/log.hpp"

namespace aisle {
namespace {

TEST(JournalStream, TheComponentIsTheFolder) {
  EXPECT_EQ(component_of("sync/mqtt/transport.cpp"), "mqtt");
  EXPECT_EQ(component_of("app/agent.cpp"), "app");
  EXPECT_EQ(component_of("agent.cpp"), "");
  EXPECT_EQ(component_of(""), "");
}

TEST(JournalStream, OnlyTheVeryFileThatTheJournalGaveIsTheJournal) {
  unsetenv("JOURNAL_STREAM");
  EXPECT_FALSE(stderr_is_journal());
  setenv("JOURNAL_STREAM", "1:2", 1);  // inherited, but standard error was led elsewhere since
  EXPECT_FALSE(stderr_is_journal());
  unsetenv("JOURNAL_STREAM");
}

TEST(JournalStream, AFormatKnowsItsPlace) {
  const LogFormat<int> format("{}");
  EXPECT_EQ(format.place.line, __LINE__ - 1);
  EXPECT_EQ(component_of(format.place.file), "base");
}

}  // namespace
}  // namespace aisle
