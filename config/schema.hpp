// The JSON Schema (draft 2020-12) of the configuration, from what the readers expect.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace aisle::config {

// As config/aisle.schema.json has it. Text bounds are bytes for the reader and characters here.
[[nodiscard]] std::string json_schema();

// One sentence for every key, named as `known_keys` does.
[[nodiscard]] const std::map<std::string_view, std::string_view>& descriptions();

}  // namespace aisle::config
