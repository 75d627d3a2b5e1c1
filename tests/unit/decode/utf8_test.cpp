#include "ble/decode/utf8.hpp"

#include <gtest/gtest.h>

#include "tests/unit/decode/vectors.hpp"

namespace aisle::decode {
namespace {

TEST(Utf8, TakesWellFormedText) {
  for (const char* good : {"", "41", "00", "7f", "c280", "dfbf", "e0a080", "ed9fbf", "ee8080", "efbfbf", "f0908080",
                           "f48fbfbf", "41c3a9e282acf09f9880"}) {
    EXPECT_TRUE(is_utf8(test::hex(good))) << good;
  }
}

TEST(Utf8, RefusesWhatIsNot) {
  for (const char* bad : {"80", "bf", "c0af", "c1bf", "c2", "c241", "e08080", "e09fbf", "eda080", "edbfbf", "e282",
                          "f08080af", "f48fbf", "f4908080", "f5808080", "ff", "41ff", "e28241"}) {
    EXPECT_FALSE(is_utf8(test::hex(bad))) << bad;
  }
}

}  // namespace
}  // namespace aisle::decode
