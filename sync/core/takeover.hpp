// Tells that another client keeps connecting with our client id, and keeps two such gateways from fighting: each
// connection of one ends the other's, so both have to come back rarely.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "agent/base/random.hpp"
#include "agent/base/time.hpp"
#include "sync/core/backoff.hpp"

namespace aisle::sync {

class TakeoverWatch {
 public:
  // An attempt failed: the broker was away, so that connections which ended before were ended by that.
  void failed() { wordless_ = 0; }
  // A connection that stood this long ended for a reason that was given and is another one, or by our own doing.
  void explained(Duration stood);
  // The broker said that we were taken over (MQTT 5, 0x8E). How long to stay away.
  [[nodiscard]] Duration told(Duration stood, Random& random);
  // The broker closed without a word, as a 3.1.1 broker does when it gives our session to another. How long to stay
  // away when this was the fourth such end in a row of a connection that stood less than 2 minutes, and after that
  // while they stand less than half an hour; nothing when it may as well be a restart.
  [[nodiscard]] std::optional<Duration> closed(Duration stood, Random& random);

  // Since the last connection that stood for half an hour.
  [[nodiscard]] std::uint64_t count() const { return count_; }
  static constexpr Duration kPeace = std::chrono::minutes(30);

 private:
  void settle(Duration stood);

  Backoff backoff_{seconds(30), std::chrono::minutes(15), Jitter::half};
  std::uint32_t wordless_ = 0;  // quick ends in a row
  std::uint64_t count_ = 0;
};

}  // namespace aisle::sync
