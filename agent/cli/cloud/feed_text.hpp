// One event as a line for people.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace aisle::cloud {

// "17:04:12  g1  c-0007  entered   coffee   -58.4 dBm, high". Anything that is no event of ours is shown as it is.
[[nodiscard]] std::string feed_text(const nlohmann::json& event);

}  // namespace aisle::cloud
