#include <gtest/gtest.h>

#include <filesystem>

#include "tests/unit/recording/capture_builder.hpp"

namespace aisle::recording {
namespace {

using testing::read_all;
using testing::read_all_text;

TEST(Detection, EmptyAndBlankAreRecordingsOfNothing) {
  for (const char* text : {"", "\n", " \r\n\t\n"}) {
    const auto all = read_all_text(text);
    EXPECT_EQ(all.error, "");
    EXPECT_EQ(all.stats.records, 0U);
  }
}

TEST(Detection, WhatIsNoRecording) {
  for (const char* text : {"time,rssi\n1,2\n", "hello", "GIF89a"})
    EXPECT_NE(read_all_text(text).error.find("not a recording"), std::string::npos) << text;
  EXPECT_NE(read_all(testing::bytes_of("1f8b0800000a7b")).error.find("not a recording"), std::string::npos);
}

TEST(Detection, ABadFirstLineDoesNotHideJsonLines) {
  const auto all = read_all_text("# made by hand\n{\"t\":1,\"rx\":\"g1\",\"state\":\"up\"}\n");
  EXPECT_EQ(all.states.size(), 1U);
  EXPECT_EQ(all.stats.skipped, 1U);
}

TEST(Detection, ByteOrderMark) {
  const auto all = read_all_text("\xEF\xBB\xBF{\"t\":1,\"rx\":\"g1\",\"state\":\"up\"}\n");
  EXPECT_EQ(all.states.size(), 1U);
  EXPECT_EQ(all.stats.skipped, 0U);
}

TEST(Detection, FilesThatCannotBeOpened) {
  const auto missing = open_recording(std::string("no/such/file.jsonl"));
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message().find("no/such/file.jsonl"), std::string::npos);
  const auto folder = open_recording(std::filesystem::temp_directory_path().string());
  ASSERT_FALSE(folder);
  EXPECT_NE(folder.error().message().find("directory"), std::string::npos);
}

}  // namespace
}  // namespace aisle::recording
