// A timed sequence of adverts for a controller to play.
#pragma once

#include <array>
#include <optional>

#include "agent/base/time.hpp"
#include "tests/bluez/controller/advertisement.hpp"

namespace aisle::rig {

// Used by one thread at a time.
class Program {
 public:
  virtual ~Program() = default;
  // When the next advert is due, from the start of the program; nothing at its end. Never goes backwards.
  virtual std::optional<Duration> due() = 0;
  // That advert, after `due` has given its time; valid until the next call. Goes on to the next one.
  virtual const Advertisement& take() = 0;
};

struct ProgramReport {
  bool done = false;
  std::uint64_t sent = 0;                           // adverts put on the air
  std::array<std::uint64_t, kOutcomes> outcomes{};  // what became of them, by Outcome
  Duration elapsed{0};
  Duration late_max{0};  // the worst delay of an advert against its due time

  [[nodiscard]] std::uint64_t count(Outcome outcome) const { return outcomes[static_cast<std::size_t>(outcome)]; }
};

}  // namespace aisle::rig
