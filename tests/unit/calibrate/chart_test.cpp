#include "agent/calibrate/chart.hpp"

#include <gmock/gmock.h>

namespace aisle::calibrate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Proposal thresholds(int enter, int exit) {
  Proposal out;
  out.verdict = Verdict::separated;
  out.enter_rssi = enter;
  out.exit_rssi = exit;
  return out;
}

TEST(Chart, HasBarsForBothSidesAndTheThresholds) {
  const std::vector<double> inside = {-62, -61.5, -61, -61};
  const std::vector<double> outside = {-65};
  EXPECT_THAT(chart(inside, outside, thresholds(-63, -65)),
              ElementsAre("  dBm  inside                   outside",  //
                          "  -61  ████████████████████████",          //
                          "  -62  ████████████████████████",          //
                          "  -63" + std::string(51, ' ') + "  ← enter -63",
                          "  -64",  //
                          "  -65" + std::string(27, ' ') + "████████████" + std::string(12, ' ') + "  ← exit -65"));
}

TEST(Chart, ShowsWhatIsThereAtAll) {
  std::vector<double> inside(1000, -60);
  inside.insert(inside.begin(), -62);
  const auto lines = chart(inside, {}, thresholds(-61, -62));
  EXPECT_THAT(lines[3], HasSubstr("▏"));
}

TEST(Chart, IsEmptyWithoutLevels) {
  EXPECT_THAT(chart({}, {}, {}), IsEmpty());
}

TEST(Chart, HasBoundedRowsWhateverTheRange) {
  const std::vector<double> inside = {-127, 20};
  const auto lines = chart(inside, {}, thresholds(-60, -68));
  EXPECT_LE(lines.size(), kMostRows + 1U);
  EXPECT_THAT(lines[1], HasSubstr("█"));
  EXPECT_THAT(lines.back(), HasSubstr("█"));
}

}  // namespace
}  // namespace aisle::calibrate
