#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>

#include "tests/sim/simulation.hpp"

namespace aisle::sim {
namespace {

bool long_mode() {
  const char* mode = std::getenv("AISLE_LONG");
  return mode != nullptr && std::string_view(mode) == "yes";
}

TEST(SimulatedStore, TheSameSeedIsTheSameRun) {
  for (const std::uint64_t seed : {7U, 170U}) {
    Options options;
    options.seed = seed;
    options.sealed = seed == 170U;
    const Report first = run(options);
    const Report second = run(options);
    // The hash counts what is written, and ciphertext never is the same twice.
    EXPECT_TRUE(options.sealed || first.hash == second.hash);
    EXPECT_EQ(first.steps, second.steps);
    EXPECT_EQ(first.events, second.events);
    EXPECT_EQ(first.delivered, second.delivered);
    EXPECT_GT(first.faults, 0U);
    options.seed = seed + 1;
    EXPECT_NE(run(options).hash, first.hash);
  }
}

// As the promise is stated for: about a hundred events and one fault an hour.
TEST(SimulatedStore, MakesAboutAHundredEventsAnHour) {
  Options options;
  options.hours = 48;
  options.faults_per_hour = 1;
  const Report report = run(options);
  EXPECT_EQ(report.breach, "") << describe(options, report);
  EXPECT_GT(static_cast<double>(report.events) / report.hours, 70);
  EXPECT_LT(static_cast<double>(report.events) / report.hours, 140);
  EXPECT_GT(report.faults, 24U);
}

// Always the same ones, at the usual rate and in a storm of faults; every other one over a sealed store.
TEST(SimulatedStore, FixedSeedsKeepThePromise) {
  for (const double faults : {0.0, 60.0}) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      Options options;
      options.seed = seed;
      options.sealed = seed % 2 == 0;
      options.faults_per_hour = faults;
      const Report report = run(options);
      EXPECT_EQ(report.breach, "") << describe(options, report);
    }
  }
}

TEST(SimulatedStore, FreshSeedsKeepThePromise) {
  using std::chrono::steady_clock;
  const auto end = steady_clock::now() + (long_mode() ? seconds(1200) : seconds(60));
  Options options;
  options.seed = std::random_device{}();
  std::printf("seeds from %llu on\n", static_cast<unsigned long long>(options.seed));
  std::fflush(stdout);
  double hours = 0;
  std::uint64_t runs = 0, crashes = 0, power_cuts = 0, events = 0, duplicates = 0, listed = 0;
  for (; steady_clock::now() < end && !HasFailure(); ++options.seed, ++runs) {
    options.sealed = !options.sealed;
    const Report report = run(options);
    EXPECT_EQ(report.breach, "") << describe(options, report);
    hours += report.hours;
    crashes += report.crashes;
    power_cuts += report.power_cuts;
    events += report.events;
    duplicates += report.duplicates;
    listed += report.listed;
  }
  std::printf(
      "%llu seeds, %.0f simulated hours: %llu crashes, %llu power cuts; %llu events, %llu duplicates, %llu listed\n",
      static_cast<unsigned long long>(runs), hours, static_cast<unsigned long long>(crashes),
      static_cast<unsigned long long>(power_cuts), static_cast<unsigned long long>(events),
      static_cast<unsigned long long>(duplicates), static_cast<unsigned long long>(listed));
  EXPECT_GT(runs, 0U);
}

}  // namespace
}  // namespace aisle::sim
