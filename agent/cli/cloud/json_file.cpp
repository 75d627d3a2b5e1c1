#include "agent/cli/cloud/json_file.hpp"

#include <fstream>
#include <sstream>

namespace aisle::cloud {

using nlohmann::json;

Result<std::vector<json>> read_objects(const std::string& path, const std::string& expected) {
  std::ifstream file(path);
  if (!file) return fail("{}: cannot be read", path);
  std::ostringstream all;
  all << file.rdbuf();
  const auto whole = json::parse(all.str(), nullptr, false);
  if (whole.is_array()) return whole.get<std::vector<json>>();
  std::vector<json> out;
  std::istringstream lines(all.str());
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    out.push_back(json::parse(line, nullptr, false));
    if (!out.back().is_object()) return fail("{}:{}: {}", path, number, expected);
  }
  return out;
}

std::string text_member(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace aisle::cloud
