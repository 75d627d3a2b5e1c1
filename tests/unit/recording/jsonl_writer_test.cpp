#include "ble/recording/jsonl_writer.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/unit/recording/capture_builder.hpp"

namespace aisle::recording {
namespace {

constexpr const char* kText =
    R"({"t":1740000000.123456,"rx":"g2","addr":"c1:02:03:04:05:06","addr_type":"random","rssi":-61,"data":"020106"}
{"t":1740000000.999999,"addr":"00:02:03:04:05:06","addr_type":"public","rssi":127,"data":""}
{"t":1740000001.000000,"rx":"g2","state":"down"}
{"t":4102444799.999999,"rx":"","state":"up"}
)";

TEST(JsonlWriter, WritesWhatItRead) {
  auto reader = open_recording(testing::Builder().text(kText).bytes());
  ASSERT_TRUE(reader);
  std::ostringstream out;
  const auto lines = write_jsonl(**reader, out);
  ASSERT_TRUE(lines);
  EXPECT_EQ(*lines, 4U);
  EXPECT_EQ(out.str(), kText);
}

TEST(JsonlWriter, TellsOfABrokenReaderAndABrokenStream) {
  auto cut = open_recording(testing::Builder().text("{\"t\":1").bytes());
  ASSERT_TRUE(cut);
  std::ostringstream out;
  EXPECT_FALSE(write_jsonl(**cut, out));
  auto reader = open_recording(testing::Builder().text(kText).bytes());
  out.setstate(std::ios::badbit);
  EXPECT_FALSE(write_jsonl(**reader, out));
}

TEST(JsonlWriter, NothingForTicksAndEnds) {
  EXPECT_EQ(jsonl_line(ClockTick{}), "");
  EXPECT_EQ(jsonl_line(SourceEnd{}), "");
}

}  // namespace
}  // namespace aisle::recording
