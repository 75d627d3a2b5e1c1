// JSON objects in a file: an array of them, or one a line.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "agent/base/result.hpp"

namespace aisle::cloud {

// All that the file has.
[[nodiscard]] Result<std::string> read_whole(const std::string& path);
// Of a file that was read. Error: names the line, and what is `expected`.
[[nodiscard]] Result<std::vector<nlohmann::json>> parse_objects(const std::string& text, const std::string& path,
                                                                const std::string& expected);
// Both.
[[nodiscard]] Result<std::vector<nlohmann::json>> read_objects(const std::string& path, const std::string& expected);
// Empty where the object has no text of that name, or is none.
[[nodiscard]] std::string text_member(const nlohmann::json& object, const char* name);

}  // namespace aisle::cloud
