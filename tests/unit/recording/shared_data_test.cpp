// Real captures, where they are present: counts worked out with an independent parser.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>

#include "tests/unit/recording/capture_builder.hpp"

namespace aisle::recording {
namespace {

struct Known {
  const char* file;
  std::uint64_t records;
  std::uint64_t adverts;
};
constexpr std::array kKnown = {Known{"01", 25096, 15041}, Known{"02", 24736, 15866}, Known{"03", 26148, 15798},
                               Known{"04", 24842, 14538}, Known{"06", 20251, 13793}, Known{"07", 25557, 16478},
                               Known{"08", 28648, 7902},  Known{"09", 23373, 14066}, Known{"10", 25519, 16062}};

std::string shared_data() {
  const char* folder = std::getenv("AISLE_SHARED_DATA");
  return folder == nullptr ? std::string{} : std::string(folder);
}

// Drains a recording; empty stats when it cannot be opened.
RecordingStats drain(const std::string& path) {
  auto reader = open_recording(path);
  if (!reader) return {};
  while (!std::holds_alternative<SourceEnd>((*reader)->next())) {
  }
  return (*reader)->stats();
}

TEST(SharedData, AndroidCapturesGiveEveryReport) {
  const std::string folder = shared_data();
  std::uint64_t expected = 0;
  for (const Known& known : kKnown) expected += known.adverts;
  EXPECT_EQ(expected, 129544U);
  if (folder.empty()) return;
  for (const Known& known : kKnown) {
    const auto stats = drain(folder + "/dp3t_bt_measurements/exp34-epfl-soldiers/pcaps/" + known.file + ".btsnoop");
    EXPECT_EQ(stats.records, known.records) << known.file;
    EXPECT_EQ(stats.adverts, known.adverts) << known.file;
    EXPECT_EQ(stats.skipped, 0U) << known.file << ": " << stats.first_problem;
    EXPECT_FALSE(stats.truncated);
  }
}

TEST(SharedData, SnifferCapturesAreRead) {
  const std::string folder = shared_data() + "/mitll_static_configs";
  std::uint64_t files = 0;
  std::uint64_t silent = 0;
  if (std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.path().extension() != ".pcapng") continue;
      ++files;
      if (drain(entry.path().string()).adverts == 0) ++silent;
    }
    EXPECT_GT(files, 0U);
  }
  EXPECT_EQ(silent, 0U) << "of " << files;
}

}  // namespace
}  // namespace aisle::recording
