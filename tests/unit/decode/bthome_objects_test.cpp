#include "ble/decode/bthome.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/decode/vectors.hpp"

namespace aisle::decode {
namespace {

// Bytes of each value by object id, as bthome.io lists them; 0xFE: a length byte says.
struct IdRange {
  unsigned first, last, size;
};
constexpr unsigned kVariable = 0xFE;
constexpr std::array kSizes = {
    IdRange{0x00, 0x01, 1}, IdRange{0x02, 0x03, 2},         IdRange{0x04, 0x05, 3}, IdRange{0x06, 0x08, 2},
    IdRange{0x09, 0x09, 1}, IdRange{0x0A, 0x0B, 3},         IdRange{0x0C, 0x0E, 2}, IdRange{0x0F, 0x11, 1},
    IdRange{0x12, 0x14, 2}, IdRange{0x15, 0x2F, 1},         IdRange{0x3A, 0x3A, 1}, IdRange{0x3C, 0x3D, 2},
    IdRange{0x3E, 0x3E, 4}, IdRange{0x3F, 0x41, 2},         IdRange{0x42, 0x42, 3}, IdRange{0x43, 0x45, 2},
    IdRange{0x46, 0x46, 1}, IdRange{0x47, 0x4A, 2},         IdRange{0x4B, 0x4B, 3}, IdRange{0x4C, 0x50, 4},
    IdRange{0x51, 0x52, 2}, IdRange{0x53, 0x54, kVariable}, IdRange{0x55, 0x55, 4}, IdRange{0x56, 0x56, 2},
    IdRange{0x57, 0x59, 1}, IdRange{0x5A, 0x5A, 2},         IdRange{0x5B, 0x5C, 4}, IdRange{0x5D, 0x5F, 2},
    IdRange{0x60, 0x60, 1}, IdRange{0x61, 0x61, 2},         IdRange{0x62, 0x63, 4}, IdRange{0x64, 0x64, 1},
    IdRange{0xF0, 0xF0, 2}, IdRange{0xF1, 0xF1, 4},         IdRange{0xF2, 0xF2, 3}};

// 0: no such object.
unsigned size_of_id(unsigned id) {
  for (const IdRange& range : kSizes) {
    if (id >= range.first && id <= range.last) return range.size;
  }
  return 0;
}

TEST(BtHomeObjects, EveryIdHasItsSize) {
  for (unsigned id = 0; id < 256; ++id) {
    const unsigned size = size_of_id(id);
    if (size == kVariable) continue;
    Bytes list(1 + size, std::byte{0});
    list[0] = static_cast<std::byte>(id);
    const BtHomeCheck whole = check_bthome_objects(list);
    EXPECT_EQ(whole.sound.size(), size == 0 ? 0U : list.size()) << id;
    EXPECT_FALSE(whole.truncated) << id;
    if (size == 0) continue;
    const BtHomeCheck cut = check_bthome_objects(ByteSpan(list).first(size));
    EXPECT_TRUE(cut.truncated) << id;
    EXPECT_TRUE(cut.sound.empty()) << id;
  }
}

TEST(BtHomeObjects, EveryMeasurementHasASnakeCaseName) {
  unsigned seen = 0;
  for (unsigned id = 0; id < 256; ++id) {
    Bytes list(8, std::byte{0});
    list[0] = static_cast<std::byte>(id);
    BtHomeObjects objects(list);
    BtHomeMeasurement measurement;
    if (!objects.next(measurement)) continue;
    ++seen;
    EXPECT_EQ(measurement.object_id, id);
    EXPECT_THAT(std::string(measurement.name), testing::MatchesRegex("[a-z][a-z0-9_]*")) << id;
  }
  EXPECT_EQ(seen, 93U);
}

TEST(BtHomeObjects, DecimalIsTheNearestDouble) {
  EXPECT_EQ((Decimal{2506, 2}.value()), 25.06);
  EXPECT_EQ((Decimal{-1, 6}.value()), -0.000001);
  EXPECT_EQ((Decimal{4294967295, 3}.value()), 4294967.295);
}

TEST(BtHomeObjects, TextPointsIntoTheList) {
  const Bytes list = test::hex("5302414253024344");
  BtHomeObjects objects(list);
  BtHomeMeasurement measurement;
  ASSERT_TRUE(objects.next(measurement));
  const auto* text = std::get_if<BtHomeText>(&measurement.value);
  ASSERT_NE(text, nullptr);
  EXPECT_EQ(text->bytes.data(), &list[2]);
  ASSERT_TRUE(objects.next(measurement));
  EXPECT_FALSE(objects.next(measurement));
}

}  // namespace
}  // namespace aisle::decode
