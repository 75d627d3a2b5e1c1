// The JSON object that `aislectl decode` prints for a payload.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace aisle::decode {

// {"beacons":[{"kind":...}],"ad":[{"type":"0xff","data":"..."}],"error":null|{"offset":5,"reason":"..."}} on one line,
// keys in that order, valid UTF-8 whatever the payload. `ad` lists the structures up to the end or the one that
// overruns. Thread-safe.
[[nodiscard]] std::string decode_to_json(std::span<const std::byte> payload);

}  // namespace aisle::decode
