// A shop through which faults go: a durable subscriber keeps what arrives, and in the end every event that was
// committed is accounted for.
#pragma once

#include <string>
#include <vector>

#include "tests/e2e/agent/ledger.hpp"
#include "tests/e2e/agent/shop.hpp"

namespace aisle::e2e {

class Ordeal {
 public:
  Ordeal() : shop(patient_broker(true)) {}

  // The broker with the subscriber's session on its disk, the datasets, and a recording of 600 s that is played again
  // from its beginning by every start of the gateway. Empty, or what went wrong.
  [[nodiscard]] std::string prepare(Settings settings);
  // Everything that the broker had acknowledged before the call has been printed by the subscriber.
  [[nodiscard]] bool marker_passes() const;
  // The recording once to its end; then starts over nothing until all is sent. Empty, or what went wrong.
  [[nodiscard]] std::string clean_runs() const;
  [[nodiscard]] Ledger ledger() const;

  Shop shop;

 private:
  [[nodiscard]] std::size_t markers() const;
};

}  // namespace aisle::e2e
