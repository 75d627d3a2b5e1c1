#include "ble/simulator/simulator.hpp"

#include <algorithm>
#include <array>

#include "ble/simulator/draw.hpp"

namespace aisle::simulator {
namespace {

constexpr std::uint64_t kHeardPercent = 80;   // a scanner misses the rest
constexpr std::int64_t kMaxBodyLoss = 6'000;  // thousandths of a dB

EmitterKind beacon_kind(std::uint32_t number) {
  constexpr std::array kKinds = {EmitterKind::ibeacon, EmitterKind::tlm, EmitterKind::bthome};
  return kKinds[number % kKinds.size()];
}

bool fixed(const std::vector<std::vector<Leg>>& trips) {
  return trips.size() == 1 && trips[0].size() == 1 && trips[0][0].from == trips[0][0].to;
}

}  // namespace

Simulator::Simulator(SimulatorOptions options)
    : options_(std::move(options)),
      plan_(options_),
      end_us_(std::max<std::int64_t>(0, options_.duration.count()) * 1'000'000) {
  const auto& receivers = plan_.receivers();
  const bool alone = receivers.size() == 1 && receivers[0].gateway == options_.own_gateway;
  for (const auto& receiver : receivers) names_.push_back(alone ? GatewayId{} : GatewayId{receiver.gateway});
  for (std::uint32_t i = 0; i < options_.customers; ++i)
    add_device(Emitter(options_.seed, EmitterKind::app, i + 1), customer_itinerary(options_, plan_, i).trips);
  for (std::uint32_t i = 0; i < options_.passers; ++i)
    add_device(Emitter(options_.seed, i % 3 == 2 ? EmitterKind::exposure : EmitterKind::apple, i),
               passer_itinerary(options_, plan_, i).trips);
  for (std::uint32_t i = 0; i < options_.beacons; ++i) add_beacon(i);
}

void Simulator::add_device(Emitter emitter, std::vector<std::vector<Leg>> trips) {
  const std::uint64_t number = devices_.size();
  SeededRandom random = stream(options_.seed, Stream::emission, number);
  const std::int64_t first = trips.at(0).at(0).from_us + random.jitter(emitter.interval()).count();
  devices_.push_back({std::move(emitter), random, std::move(trips), 0, 0, {}, number});
  devices_.back().links.resize(plan_.receivers().size());
  if (first < end_us_) due_.emplace(first, devices_.size() - 1);
}

void Simulator::add_beacon(std::uint32_t number) {
  const Point receiver = plan_.receivers()[number % plan_.receivers().size()].place;
  const Point place{receiver.x + 2'000 + std::int64_t{number % 5} * 400, receiver.y + 1'000};
  add_device(Emitter(options_.seed, beacon_kind(number), number),
             {{{0, std::max<std::int64_t>(1, end_us_), place, place}}});
}

SourceItem Simulator::next() {
  while (heard_.empty() && !due_.empty()) {
    const Due due = due_.top();
    due_.pop();
    transmit(due);
  }
  if (!heard_.empty()) {
    Advert advert = std::move(heard_.front());
    heard_.pop_front();
    return advert;
  }
  if (ticked_) return SourceEnd{};
  ticked_ = true;
  const UnixTime end = options_.start + Duration{end_us_};
  return ClockTick{{SteadyTime{end.time_since_epoch()}, end}};
}

void Simulator::transmit(const Due& due) {
  Device& device = devices_[due.second];
  std::int64_t next = due.first + device.emitter.interval().count() + device.random.jitter(Emitter::kMaxDelay).count();
  const auto& legs = device.trips[device.trip];
  while (device.leg < legs.size() && due.first >= legs[device.leg].to_us) ++device.leg;
  if (device.leg < legs.size()) {
    deliver(device, due.first, legs[device.leg]);
  } else {
    ++device.trip;
    device.leg = 0;
    if (device.trip == device.trips.size()) return;
    next = std::max(due.first, device.trips[device.trip][0].from_us);
  }
  if (next < end_us_) due_.emplace(next, due.second);
}

void Simulator::deliver(Device& device, std::int64_t at, const Leg& leg) {
  const UnixTime wall = options_.start + Duration{at};
  const Point place = leg.at(at);
  device.emitter.send(wall);
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const auto rssi = device.links[i].hear(device.random, place, plan_.receivers()[i].place, body_loss(device, i), at);
    const bool received = chance(device.random, kHeardPercent);
    if (!rssi || !received) continue;
    heard_.push_back({{SteadyTime{wall.time_since_epoch()}, wall},
                      names_[i],
                      device.emitter.address(),
                      Dbm{*rssi},
                      Payload(device.emitter.payload()),
                      SteadyTime{}});
  }
}

// How much the carrier's body weakens what a receiver hears: one draw for each leg, as people turn when they set off.
std::int64_t Simulator::body_loss(const Device& device, std::size_t receiver) const {
  if (fixed(device.trips)) return 0;
  const std::uint64_t place = (static_cast<std::uint64_t>(device.trip) << 32U) | (device.leg << 16U) | receiver;
  SeededRandom random = stream(options_.seed, Stream::body, device.number, place);
  return between(random, 0, kMaxBodyLoss);
}

}  // namespace aisle::simulator
