#include "agent/calibrate/sampling.hpp"

#include <algorithm>

namespace aisle::calibrate {

Sampling::Sampling(std::set<GatewayId> receivers, std::uint32_t wanted, SteadyTime begun)
    : receivers_(std::move(receivers)), wanted_(wanted), begun_(begun), last_(begun) {}

void Sampling::hear(const GatewayId& receiver, const Sample& sample) {
  pass(sample.at);
  if (state_ != State::running) return;
  auto& samples = samples_[receiver];
  samples.push_back(sample);
  if (!receivers_.contains(receiver)) return;
  last_ = sample.at;
  const auto adverts = std::ranges::count(samples, false, &Sample::louder);
  count_ = std::max(count_, static_cast<std::uint32_t>(adverts));
  if (count_ >= wanted_) state_ = State::enough;
}

void Sampling::pass(SteadyTime now) {
  if (state_ != State::running) return;
  if (now - last_ >= kSilence) {
    state_ = State::silent;
  } else if (now - begun_ >= kMost) {
    state_ = State::out_of_time;
  }
}

}  // namespace aisle::calibrate
