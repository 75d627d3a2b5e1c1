#include "ble/simulator/population.hpp"
#include "agent/base/sha256.hpp"

#include <algorithm>
#include <array>

#include "ble/identity/crypto.hpp"
#include "ble/simulator/draw.hpp"
#include "ble/simulator/itinerary.hpp"

namespace aisle::simulator {
namespace {

constexpr std::chrono::hours kDay{24};
constexpr std::array<const char*, 4> kLanguages = {"en", "es", "de", "hi"};
constexpr std::array<const char*, 4> kSegments = {"gold", "family", "student", "local"};
constexpr std::array<const char*, 6> kInterests = {"coffee", "tea", "bakery", "fruit", "garden", "books"};

template <std::size_t N>
std::vector<std::string> draw_some(Random& random, const std::array<const char*, N>& words, std::uint64_t percent) {
  std::vector<std::string> some;
  for (const char* word : words) {
    if (chance(random, percent)) some.emplace_back(word);
  }
  return some;
}

Consent granted(Random& random, UnixTime start) {
  const auto day = std::chrono::floor<seconds>(start) - kDay * between(random, 1, 300);
  return {std::max(UnixTime{day}, UnixTime{}), std::nullopt, "sim"};
}

Customer draw_customer(const SimulatorOptions& options, std::uint32_t index) {
  SeededRandom random = stream(options.seed, Stream::customer, index);
  Customer customer;
  customer.id = fmt::format("c-{:04}", index + 1);
  customer.devices.push_back({index + 1, 0});
  customer.proximity = granted(random, options.start);
  if (index % 20 == 7) {
    customer.proximity->granted_at = std::max(options.start - kDay * 400, UnixTime{});
    customer.proximity->expires_at = std::max(options.start - kDay, UnixTime{});
  }
  if (index % 10 != 4) customer.offers = granted(random, options.start);
  if (index % 2 == 0) customer.analytics = granted(random, options.start);
  customer.language = kLanguages[random.below(kLanguages.size())];
  customer.segments = draw_some(random, kSegments, 30);
  customer.tier = static_cast<int>(random.below(4));
  customer.interests = draw_some(random, kInterests, 35);
  return customer;
}

void add_keys(const SimulatorOptions& options, std::uint32_t ordinal, std::vector<DayKey>& keys) {
  const std::int32_t last = utc_day(options.start + options.duration) + 1;
  for (std::int32_t day = utc_day(options.start) - 1; day <= last; ++day)
    keys.push_back({ordinal, day, simulated_day_key(options.seed, ordinal, day)});
}

void add_truth(const SimulatorOptions& options, const FloorPlan& plan, std::uint32_t index, const Customer& customer,
               std::vector<Stay>& truth) {
  const UnixTime end = options.start + options.duration;
  for (const Standing& standing : customer_itinerary(options, plan, index).standings) {
    const UnixTime entered = options.start + Duration{standing.from_us};
    if (entered >= end) continue;
    truth.push_back({customer.id, plan.zones()[standing.zone].id, entered,
                     std::min(end, options.start + Duration{standing.to_us}), customer.proximity->current(entered)});
  }
}

void append(Bytes& out, std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i, value >>= 8U) out.push_back(static_cast<std::byte>(value & 0xFFU));
}

}  // namespace

// SHA-256("aisle simulator day key" | LE64 seed | LE32 ordinal | LE32 day)[0..15]
Key128 simulated_day_key(std::uint64_t seed, std::uint32_t ordinal, std::int32_t day) {
  Bytes input;
  for (const char c : std::string_view("aisle simulator day key")) input.push_back(static_cast<std::byte>(c));
  append(input, seed, 8);
  append(input, ordinal, 4);
  append(input, static_cast<std::uint32_t>(day), 4);
  const auto digest = sha256(input);
  Key128 key;
  std::copy_n(digest.begin(), key.size(), key.begin());
  return key;
}

SimulatedPopulation population(const SimulatorOptions& options) {
  const FloorPlan plan(options);
  SimulatedPopulation all;
  for (std::uint32_t index = 0; index < options.customers; ++index) {
    all.customers.push_back(draw_customer(options, index));
    add_keys(options, index + 1, all.keys);
    add_truth(options, plan, index, all.customers.back(), all.truth);
  }
  return all;
}

}  // namespace aisle::simulator
