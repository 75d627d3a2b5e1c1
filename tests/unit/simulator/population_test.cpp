#include "ble/simulator/population.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/unit/simulator/small_store.hpp"

namespace aisle::simulator {
namespace {

SimulatorOptions forty() {
  SimulatorOptions options = testing::small_store();
  options.customers = 40;
  return options;
}

TEST(Population, CustomersAndConsents) {
  const SimulatorOptions options = forty();
  const auto all = population(options);
  ASSERT_EQ(all.customers.size(), 40U);
  std::size_t proximity = 0;
  std::size_t offers = 0;
  std::size_t analytics = 0;
  for (const Customer& customer : all.customers) {
    ASSERT_TRUE(customer.proximity);
    proximity += customer.proximity->current(options.start) ? 1U : 0U;
    offers += customer.offers && customer.offers->current(options.start) ? 1U : 0U;
    analytics += customer.analytics ? 1U : 0U;
  }
  EXPECT_EQ(all.customers[0].id, "c-0001");
  EXPECT_EQ(all.customers[0].devices.at(0).ordinal, 1U);
  EXPECT_EQ(proximity, 38U);
  EXPECT_EQ(offers, 36U);
  EXPECT_EQ(analytics, 20U);
}

TEST(Population, KeysOfEveryDayTouched) {
  SimulatorOptions options = testing::small_store();
  options.start = UnixTime{std::chrono::hours{24} * 20'000 + std::chrono::hours{23}};
  options.duration = seconds{7200};  // past midnight
  const auto all = population(options);
  ASSERT_EQ(all.keys.size(), 12U * 4U);
  EXPECT_EQ(all.keys[0].day, 19'999);
  EXPECT_EQ(all.keys[3].day, 20'002);
  EXPECT_EQ(all.keys[1].key, simulated_day_key(options.seed, 1, 20'000));
  EXPECT_NE(all.keys[1].key, all.keys[2].key);
  EXPECT_NE(simulated_day_key(1, 1, 1), simulated_day_key(2, 1, 1));
}

TEST(Population, TruthLiesWithinTheSimulation) {
  const SimulatorOptions options = forty();
  const auto all = population(options);
  ASSERT_GT(all.truth.size(), 20U);
  for (const Stay& stay : all.truth) {
    EXPECT_LT(stay.entered, stay.left);
    EXPECT_GE(stay.entered, options.start);
    EXPECT_LE(stay.left, options.start + options.duration);
    EXPECT_EQ(stay.proximity_consent, stay.customer_id != "c-0008" && stay.customer_id != "c-0028");
  }
}

TEST(Population, JsonForms) {
  const auto all = population(forty());
  const auto customers = nlohmann::json::parse(customers_json(all));
  ASSERT_EQ(customers.size(), 40U);
  EXPECT_EQ(customers[0]["id"], "c-0001");
  EXPECT_EQ(customers[0]["devices"][0]["ordinal"], 1);
  EXPECT_TRUE(customers[0]["consent"]["proximity"]["granted_at"].is_string());
  EXPECT_TRUE(customers[7]["consent"]["proximity"].contains("expires_at"));
  EXPECT_FALSE(customers[4]["consent"].contains("offers"));
  const auto truth = nlohmann::json::parse(truth_json(all));
  EXPECT_EQ(truth.size(), all.truth.size());
  EXPECT_EQ(truth[0]["entered"], format_rfc3339(all.truth[0].entered));
  std::istringstream keys(keys_jsonl(all));
  std::string line;
  std::size_t lines = 0;
  while (std::getline(keys, line)) {
    EXPECT_EQ(nlohmann::json::parse(line)["key"].get<std::string>().size(), 32U);
    ++lines;
  }
  EXPECT_EQ(lines, all.keys.size());
}

TEST(Population, NobodyIsValidJsonToo) {
  SimulatorOptions options = testing::small_store();
  options.customers = 0;
  EXPECT_TRUE(nlohmann::json::parse(customers_json(population(options))).empty());
}

}  // namespace
}  // namespace aisle::simulator
