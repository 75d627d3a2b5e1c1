#include "agent/presence/presence.hpp"

#include "agent/presence/machine.hpp"

namespace aisle::presence {

std::string_view to_string(EndReason reason) {
  switch (reason) {
    case EndReason::left:
      return "left";
    case EndReason::coverage_lost:
      return "coverage_lost";
    case EndReason::consent_withdrawn:
      return "consent_withdrawn";
  }
  return "left";
}

std::string_view to_string(Coverage coverage) {
  switch (coverage) {
    case Coverage::up:
      return "up";
    case Coverage::down:
      return "down";
    case Coverage::unknown:
      return "unknown";
  }
  return "unknown";
}

struct Presence::Impl {
  Machine machine;
};

Presence::Presence(PresenceOptions options, std::vector<ZoneSpec> zones, VisitNumbers& numbers,
                   PresenceListener& listener)
    : impl_(new Impl{Machine(std::move(options), std::move(zones), numbers, listener)}) {}

Presence::~Presence() = default;

void Presence::on_sighting(const Sighting& sighting, Stamp at) {
  impl_->machine.on_sighting(sighting, at);
}

void Presence::on_receiver(const GatewayId& receiver, bool up, Stamp at) {
  impl_->machine.on_receiver(receiver, up, at);
}

void Presence::advance(Stamp now) {
  impl_->machine.advance(now);
}

std::optional<SteadyTime> Presence::next_deadline() const {
  return impl_->machine.next_deadline();
}

void Presence::forget(std::string_view customer, EndReason reason, Stamp at) {
  impl_->machine.forget(customer, reason, at);
}

void Presence::end_all(EndReason reason, Stamp at) {
  impl_->machine.end_all(reason, at);
}

void Presence::shift_wall(Duration by) {
  impl_->machine.shift_wall(by);
}

void Presence::set_thresholds(const std::vector<ZoneSpec>& zones) {
  impl_->machine.set_thresholds(zones);
}

PresenceStats Presence::stats() const {
  return impl_->machine.stats();
}

std::vector<PresenceRow> Presence::rows() const {
  return impl_->machine.rows();
}

const std::vector<ZoneSpec>& Presence::zones() const {
  return impl_->machine.zones();
}

}  // namespace aisle::presence
