// The promise, checked: what the consumer has against the ledger. Each returns the first breach, or nothing.
#pragma once

#include <string>

#include "agent/store/store.hpp"
#include "tests/sim/broker.hpp"
#include "tests/sim/consumer.hpp"
#include "tests/sim/ledger.hpp"
#include "tests/sim/shop.hpp"

namespace aisle::sim {

// How long a presence event may wait for its commit: the window, and what the disk takes at most.
inline constexpr Duration kLossWindow = milliseconds(500);

// At each start: what was committed is there, and decisions with their events.
[[nodiscard]] std::string check_loaded(const store::Loaded& loaded, const Ledger& ledger, UnixTime now);
// Once the outbox has drained: identity, completeness, epochs, the loss window.
[[nodiscard]] std::string check_delivered(const Consumer& consumer, const Ledger& ledger, const std::string& live_epoch,
                                          Duration disk_latency);
// No customer was decided "base" for twice within its period, whatever happened in between.
[[nodiscard]] std::string check_caps(const Ledger& ledger, const Consumer& consumer, Duration clock_jumps);
// No visit id was given twice.
[[nodiscard]] std::string check_visits(const Consumer& consumer, const Ledger& ledger);
// What the store holds of a dataset is what the cloud has.
[[nodiscard]] std::string check_dataset(CloudSet& cloud, const store::DatasetState& state,
                                        const std::vector<store::RecordRow>& records,
                                        const std::vector<store::KeyRow>& keys, std::int32_t today);

}  // namespace aisle::sim
