// `decode` allocates nothing: counted by replacing the global operator new.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>

#include "ble/decode/bthome.hpp"
#include "ble/decode/decode.hpp"
#include "tests/unit/decode/vectors.hpp"

namespace {
std::atomic<std::size_t> allocations{0};
}

// Not inlined: g++ would take the pair for mismatched.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}

namespace aisle::decode {
namespace {

// Decodes and walks the measurements; returns how many were seen.
std::size_t decode_fully(ByteSpan payload, Decoded& decoded) {
  decode(payload, decoded);
  std::size_t measurements = 0;
  for (const Beacon& beacon : decoded.found()) {
    const auto* sensor = std::get_if<BtHome>(&beacon);
    if (sensor == nullptr) continue;
    BtHomeObjects objects(sensor->objects);
    BtHomeMeasurement measurement;
    while (objects.next(measurement)) ++measurements;
  }
  return measurements;
}

TEST(NoAllocation, TheCounterCounts) {
  const std::size_t before = allocations;
  const auto memory = std::make_unique<int>(1);
  EXPECT_EQ(allocations - before, 1U);
  EXPECT_EQ(*memory, 1);
}

TEST(NoAllocation, DecodingAllocatesNothing) {
  const auto vectors = test::load_vectors();
  Decoded decoded;
  std::size_t beacons = 0;
  std::size_t measurements = 0;
  const std::size_t before = allocations;
  for (const auto& vector : vectors) {
    measurements += decode_fully(vector.payload, decoded);
    beacons += decoded.count;
  }
  EXPECT_EQ(allocations, before);
  EXPECT_GT(beacons, 30U);
  EXPECT_GT(measurements, 30U);
}

}  // namespace
}  // namespace aisle::decode
