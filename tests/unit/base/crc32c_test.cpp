#include "agent/base/crc32c.hpp"

#include <gtest/gtest.h>

#include <string>

namespace aisle {
namespace {

std::uint32_t crc(const std::string& bytes) {
  return Crc32c().add(bytes).value();
}

// The check value of the catalogue of CRCs, and the vectors of RFC 3720, appendix B.4.
TEST(Crc32cTest, KnownAnswers) {
  EXPECT_EQ(crc(""), 0U);
  EXPECT_EQ(crc("123456789"), 0xE3069283U);
  EXPECT_EQ(crc(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(crc(std::string(32, '\xff')), 0x62A8AB43U);
}

TEST(Crc32cTest, PiecesAndNumbersAreTheirBytes) {
  EXPECT_EQ(Crc32c().add("1234").add("56789").value(), crc("123456789"));
  EXPECT_EQ(Crc32c().add(std::uint64_t{0x0807060504030201}).value(), crc("\x01\x02\x03\x04\x05\x06\x07\x08"));
}

TEST(Crc32cTest, AFlippedBitShows) {
  const std::string text = "zone.entered";
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
    std::string flipped = text;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_NE(crc(flipped), crc(text)) << bit;
  }
}

}  // namespace
}  // namespace aisle
