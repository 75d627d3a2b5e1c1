// A pipeline with one zone, "coffee" by gateway g1, and customers with static iBeacons.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "agent/pipeline/pipeline.hpp"

namespace aisle::pipeline {

inline constexpr UnixTime kStart{seconds{1'772'809'200}};  // 2026-03-06T15:00:00Z

// `offset` after the start, on both clocks.
[[nodiscard]] Stamp after(Duration offset);
[[nodiscard]] Bytes ibeacon(std::uint16_t minor);
// Proximity and offers consent from a day before the start.
[[nodiscard]] Customer customer(const std::string& id, std::uint16_t minor);
// On entering coffee; no date, no cap.
[[nodiscard]] Offer offer(const std::string& id, Trigger trigger = Trigger::enter);

class PipelineTest : public testing::Test {
 protected:
  explicit PipelineTest(const Clock* latency_clock = nullptr);

  void hear(Duration offset, std::uint16_t minor, int rssi = -50, SteadyTime arrived = {});
  void hear_payload(Duration offset, Bytes payload);
  // An advert every two seconds in [from, to).
  void hear_steadily(seconds from, seconds to, std::uint16_t minor);
  // Everything since the last call; the output is also kept in `last_`.
  std::vector<Event> take();
  static std::vector<std::string> types(const std::vector<Event>& events);
  static const Event* find(const std::vector<Event>& events, const std::string& type);

  std::unique_ptr<Pipeline> pipeline_;
  Output last_;
};

}  // namespace aisle::pipeline
