// The simulated customers with their keys, and what they truly did.
#pragma once

#include <string>
#include <vector>

#include "agent/model/records.hpp"
#include "ble/simulator/options.hpp"

namespace aisle::simulator {

// A stay in a zone: standing within 2 m of one of its receivers. Within the simulated time.
struct Stay {
  std::string customer_id;
  std::string zone_id;
  UnixTime entered{};
  UnixTime left{};
  bool proximity_consent = false;  // without it nothing of the stay may be reported
};

struct SimulatedPopulation {
  // "c-0001", ... with the devices' ordinals 1, ...: every 20th without current proximity consent, every 10th without
  // offers consent, every other one with analytics consent.
  std::vector<Customer> customers;
  std::vector<DayKey> keys;  // of every UTC day from the one before the start to the one after the end
  std::vector<Stay> truth;   // by customer, then by time
};

[[nodiscard]] SimulatedPopulation population(const SimulatorOptions& options);

// The 16 bytes that a simulated device uses on a UTC day.
[[nodiscard]] Key128 simulated_day_key(std::uint64_t seed, std::uint32_t ordinal, std::int32_t day);

// As `aislectl customers import` takes them: a JSON array.
[[nodiscard]] std::string customers_json(const SimulatedPopulation& population);
// As `aislectl keys import` takes them: JSON lines.
[[nodiscard]] std::string keys_jsonl(const SimulatedPopulation& population);
// [{"customer_id","zone_id","entered","left","proximity_consent"}], times RFC 3339.
[[nodiscard]] std::string truth_json(const SimulatedPopulation& population);

}  // namespace aisle::simulator
