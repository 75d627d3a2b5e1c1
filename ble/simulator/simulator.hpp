// A simulated store as a source of items: the same options give the same items on every machine.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/random.hpp"
#include "ble/simulator/emitter.hpp"
#include "ble/simulator/itinerary.hpp"
#include "ble/simulator/options.hpp"
#include "ble/simulator/population.hpp"
#include "ble/source/source.hpp"

namespace aisle::simulator {

// Adverts in the order of their time, each at most once per receiver, then a ClockTick at the end of the simulated time
// and SourceEnd. Both stamps are the simulated wall time. Adverts name their receiver, unless the only one is our own
// gateway. Holds the people, not their adverts: memory does not grow with the duration.
class Simulator final : public ItemReader {
 public:
  explicit Simulator(SimulatorOptions options);
  SourceItem next() override;

 private:
  struct Device {
    Emitter emitter;
    SeededRandom random;
    std::vector<std::vector<Leg>> trips;
    std::size_t trip = 0;
    std::size_t leg = 0;
    std::vector<Link> links;  // by receiver
    std::uint64_t number = 0;
  };
  using Due = std::pair<std::int64_t, std::size_t>;  // microseconds since the start, device

  void add_device(Emitter emitter, std::vector<std::vector<Leg>> trips);
  void add_beacon(std::uint32_t number);
  void transmit(const Due& due);
  void deliver(Device& device, std::int64_t at, const Leg& leg);
  [[nodiscard]] std::int64_t body_loss(const Device& device, std::size_t receiver) const;

  SimulatorOptions options_;
  FloorPlan plan_;
  std::int64_t end_us_;
  std::vector<GatewayId> names_;  // of the receivers, as adverts carry them
  std::vector<Device> devices_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::deque<Advert> heard_;
  bool ticked_ = false;
};

}  // namespace aisle::simulator
