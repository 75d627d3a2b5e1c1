// sim --seed N [--count C] [--hours H] [--faults F] [--trace] [--plant NAME]: runs seeds N to N + C - 1, one after
// another; exit code 1 when one of them breaks the promise.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>

#include "tests/sim/plants.hpp"
#include "tests/sim/simulation.hpp"

int main(int argc, char** argv) {
  aisle::sim::Options options;
  std::uint64_t count = 1;
  std::string plant;
  bool verbose = false;
  CLI::App app("The whole core in a simulated world, from a seed");
  app.add_option("--seed", options.seed, "The first seed")->capture_default_str();
  app.add_option("--count", count, "How many seeds")->capture_default_str();
  app.add_option("--hours", options.hours, "Simulated hours with faults, of each seed")->capture_default_str();
  app.add_option("--faults", options.faults_per_hour, "Faults an hour; 0: as the seed says")->capture_default_str();
  app.add_flag("--sealed", options.sealed, "Over a store that rests encrypted");
  app.add_option("--plant", plant, "Plant this fault: " + aisle::sim::plant_names());
  app.add_flag("--trace", options.trace, "Print every step");
  app.add_flag("--verbose", verbose, "Print a line for seeds that keep the promise, too");
  CLI11_PARSE(app, argc, argv);
  if (!plant.empty()) options.plants = aisle::sim::planted(plant);
  const auto began = std::chrono::steady_clock::now();
  double hours = 0;
  std::uint64_t events = 0, faults = 0, breaches = 0;
  for (std::uint64_t i = 0; i < count; ++i, ++options.seed) {
    const auto report = aisle::sim::run(options);
    hours += report.hours;
    events += report.events;
    faults += report.faults;
    if (!report.breach.empty()) ++breaches;
    if (verbose || count == 1 || !report.breach.empty()) std::puts(aisle::sim::describe(options, report).c_str());
    std::fflush(stdout);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf(
      "%llu seeds, %.0f simulated hours in %.1f s: %.0f hours a minute, %.1f events and %.2f faults an hour; %llu "
      "broke the promise\n",
      static_cast<unsigned long long>(count), hours, took.count(), hours / took.count() * 60,
      static_cast<double>(events) / hours, static_cast<double>(faults) / hours,
      static_cast<unsigned long long>(breaches));
  return breaches == 0 ? 0 : 1;
}
