#include <fstream>

#include "tests/unit/records/support.hpp"

namespace aisle::records {
namespace {

// A file of this test program in the test's temporary folder.
std::string file_of(std::string_view text) {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  const std::string path = ::testing::TempDir() + "aisle-records-" + test->name() + ".json";
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
  return path;
}

std::string refused(std::string_view text) {
  const std::string path = file_of(text);
  const auto records = read_record_file(path);
  EXPECT_FALSE(records.has_value()) << text;
  if (records) return "";
  EXPECT_TRUE(records.error().message().starts_with(path + ":")) << records.error().message();
  return records.error().message().substr(path.size() + 1);
}

std::vector<std::size_t> lines_of(std::string_view text) {
  const auto records = read_record_file(file_of(text));
  EXPECT_TRUE(records.has_value()) << records.error().message();
  std::vector<std::size_t> out;
  if (records)
    std::ranges::transform(records->records, std::back_inserter(out), [](const auto& record) { return record.line; });
  return out;
}

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(RecordFile, ArraysKnowTheLineOfEachRecord) {
  EXPECT_THAT(lines_of("[\n  {\"id\": \"a\"},\n\n  {\"id\":\n \"],{\\\"\"}, {}\n]\n"), ElementsAre(2, 4, 5));
  EXPECT_THAT(lines_of("\xEF\xBB\xBF [{}]"), ElementsAre(1));
  EXPECT_THAT(lines_of("[]"), IsEmpty());
}

TEST(RecordFile, LinesWithOneRecordEach) {
  EXPECT_THAT(lines_of("{\"id\":\"a\"}\r\n\r\n{\"id\":\"b\"}"), ElementsAre(1, 3));
  EXPECT_THAT(lines_of("\xEF\xBB\xBF{}\n"), ElementsAre(1));
}

TEST(RecordFile, EmptyFilesAreEmptySets) {
  EXPECT_THAT(lines_of(""), IsEmpty());
  EXPECT_THAT(lines_of(" \n\t\n"), IsEmpty());
}

TEST(RecordFile, ValuesAreKept) {
  const auto records = read_record_file(AISLE_TEST_DATA "/records/offers.jsonl");
  ASSERT_TRUE(records.has_value()) << records.error().message();
  ASSERT_EQ(records->records.size(), 2U);
  for (const auto& record : records->records) EXPECT_TRUE(parse_offer(record.value, kFile).has_value());
  EXPECT_EQ(record_id(Dataset::offers, records->records.at(1).value), "tea");
}

// "place why" of each record that was refused, and the ids of the others.
struct Sorted {
  std::vector<std::string> refused, kept;
};
Sorted sorted(std::string_view text) {
  Sorted out;
  const auto file = read_record_file(file_of(text));
  EXPECT_TRUE(file.has_value()) << file.error().message();
  if (!file) return out;
  for (const auto& error : file->refused) out.refused.push_back(error.id + "|" + error.field + ": " + error.why);
  for (const auto& record : file->records) out.kept.push_back(record.value.value("id", ""));
  return out;
}

TEST(RecordFile, ALineThatIsNoRecordStopsNoOther) {
  const auto lines = sorted("{\"id\":\"a\"}\n{broken\n\n7\n{\"id\":\"b\"}\n");
  EXPECT_THAT(lines.refused, ElementsAre("|line 2: not JSON at byte 2", "|line 4: one JSON object a record expected"));
  EXPECT_THAT(lines.kept, ElementsAre("a", "b"));
}

TEST(RecordFile, AnElementThatIsNoObjectStopsNoOther) {
  const auto array = sorted("[{\"id\":\"a\"},5,\n\"x\",null,{\"id\":\"b\"},[1]]");
  EXPECT_THAT(
      array.refused,
      ElementsAre("|record 2: one JSON object a record expected", "|record 3: one JSON object a record expected",
                  "|record 4: one JSON object a record expected", "|record 6: one JSON object a record expected"));
  EXPECT_THAT(array.kept, ElementsAre("a", "b"));
}

TEST(RecordFile, AnObjectWithOneNameTwiceIsRefused) {
  const auto file =
      sorted(R"([{"id":"a","n":1,"n":2},{"id":"b","m":{"x":{"y":1,"y":1}}},{"id":"c","l":[{"n":1},{"n":1}]}])");
  EXPECT_THAT(file.refused, ElementsAre(R"(a|record 1: "n" is there twice)", R"(b|record 2: "m.x.y" is there twice)"));
  EXPECT_THAT(file.kept, ElementsAre("c"));
}

TEST(RecordFile, NothingButWhatIsRefusedIsNoSet) {
  EXPECT_EQ(refused("\n<html>\n</html>\n"), "2: not JSON at byte 1");
  EXPECT_EQ(refused("[5]"), "1: one JSON object a record expected");
}

TEST(RecordFile, ErrorsNameTheLine) {
  EXPECT_EQ(refused("[{},\n{},\n]"), "3: not JSON at byte 1");
  EXPECT_EQ(refused("[{}\n{}]"), "1: not JSON at byte 4");
  EXPECT_EQ(refused("[{}\n,{\"a\":\"\n"), "3: the array is not closed with \"]\"");
  EXPECT_EQ(refused("[{}]\n\nx"), "3: nothing expected after the array");
  EXPECT_EQ(refused("["), "1: the array is not closed with \"]\"");
  EXPECT_EQ(refused("[\"\\"), "1: the array is not closed with \"]\"");
}

TEST(RecordFile, WhatIsNoFileIsRefused) {
  EXPECT_THAT(read_record_file("/nonexistent").error().message(), ::testing::HasSubstr("cannot be opened"));
  EXPECT_THAT(read_record_file(::testing::TempDir()).error().message(), ::testing::HasSubstr("not a directory"));
}

}  // namespace
}  // namespace aisle::records
