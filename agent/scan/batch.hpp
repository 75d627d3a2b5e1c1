// What was heard within a moment, as it goes over the control socket: nobody's address, key or token is in it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/base/result.hpp"
#include "agent/model/event.hpp"
#include "agent/model/ids.hpp"

namespace aisle::scan {

// One advert.
struct Heard {
  SteadyTime at{};
  std::uint32_t device = 0;  // its alias
  std::string kind;          // of the contract, "unknown" or "malformed"
  GatewayId receiver;
  Dbm rssi;             // may be unknown
  bool louder = false;  // the advert before, at another adapter of the receiver
};

struct Batch {
  Stamp now;  // as the source counts time
  std::vector<Heard> adverts;
  std::uint64_t dropped = 0;  // adverts that this listener was not told of, so far
  std::string radio;          // its state in a word or two, and why
  bool ended = false;         // the recording has ended, and nothing comes any more
};

// "d7".
[[nodiscard]] std::string alias_text(std::uint32_t device);

[[nodiscard]] Json to_json(const Batch& batch);
// Error: it is no batch.
[[nodiscard]] Result<Batch> batch_of(const nlohmann::json& value);

}  // namespace aisle::scan
