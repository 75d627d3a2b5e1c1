#include "agent/cli/cloud/json_file.hpp"

#include <array>
#include <fstream>
#include <sstream>

namespace aisle::cloud {

using nlohmann::json;

Result<std::string> read_whole(const std::string& path) {
  std::ifstream file(path);
  std::string all;
  constexpr std::streamsize kPart = 16384;
  std::array<char, kPart> part{};
  while (file.read(part.data(), kPart) || file.gcount() > 0)
    all.append(part.data(), static_cast<std::size_t>(file.gcount()));
  if (!file.eof()) return fail("{}: cannot be read", path);
  return all;
}

Result<std::vector<json>> parse_objects(const std::string& text, const std::string& path, const std::string& expected) {
  const auto whole = json::parse(text, nullptr, false);
  if (whole.is_array()) return whole.get<std::vector<json>>();
  std::vector<json> out;
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    out.push_back(json::parse(line, nullptr, false));
    if (!out.back().is_object()) return fail("{}:{}: {}", path, number, expected);
  }
  return out;
}

Result<std::vector<json>> read_objects(const std::string& path, const std::string& expected) {
  const auto text = read_whole(path);
  if (!text) return tl::unexpected(text.error());
  return parse_objects(*text, path, expected);
}

std::string text_member(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace aisle::cloud
