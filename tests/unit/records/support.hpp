// Table-driven cases: a good record, one change to it, and the field and reason expected.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "agent/records/records.hpp"

namespace aisle::records {

inline constexpr ParseContext kFile{Strictness::file, false};
inline constexpr ParseContext kWire{Strictness::wire, false};

inline nlohmann::json json_of(std::string_view text) {
  auto value = parse_json(text);
  EXPECT_TRUE(value.has_value()) << text;
  return value ? *value : nlohmann::json();
}

// A JSON merge patch (RFC 7396) on the good record: null removes a field.
struct BadCase {
  const char* patch;
  const char* field;
  const char* why;  // within the reason
};

template <class Parse>
void expect_refused(std::string_view good, const std::vector<BadCase>& cases, Parse parse) {
  ASSERT_TRUE(parse(json_of(good)).has_value()) << parse(json_of(good)).error().why;
  for (const auto& bad : cases) {
    nlohmann::json record = json_of(good);
    record.merge_patch(json_of(bad.patch));
    const auto parsed = parse(record);
    ASSERT_FALSE(parsed.has_value()) << bad.patch;
    EXPECT_EQ(parsed.error().field, bad.field) << bad.patch;
    EXPECT_THAT(parsed.error().why, ::testing::HasSubstr(bad.why)) << bad.patch;
  }
}

}  // namespace aisle::records
