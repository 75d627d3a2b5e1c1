// One place measured: until enough was heard, or the phone has gone silent. Pure, on the source's time.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "agent/calibrate/levels.hpp"
#include "agent/model/ids.hpp"

namespace aisle::calibrate {

class Sampling {
 public:
  static constexpr Duration kSilence = seconds{10};
  static constexpr Duration kMost = seconds{300};

  // running: go on. enough: one receiver of the zone has all samples. silent: none of them has heard the device for
  // kSilence. out_of_time: kMost have passed.
  enum class State { running, enough, silent, out_of_time };

  // `receivers`: those of the zone; what others hear is kept, and does not count here.
  Sampling(std::set<GatewayId> receivers, std::uint32_t wanted, SteadyTime begun);

  void hear(const GatewayId& receiver, const Sample& sample);
  void pass(SteadyTime now);

  [[nodiscard]] State state() const { return state_; }
  // Adverts at the receiver of the zone that has most.
  [[nodiscard]] std::uint32_t count() const { return count_; }
  [[nodiscard]] const std::map<GatewayId, std::vector<Sample>>& samples() const { return samples_; }

 private:
  std::set<GatewayId> receivers_;
  std::uint32_t wanted_;
  SteadyTime begun_, last_;
  std::uint32_t count_ = 0;
  State state_ = State::running;
  std::map<GatewayId, std::vector<Sample>> samples_;
};

}  // namespace aisle::calibrate
