#include "config/problems.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>

namespace aisle::config {
namespace {

constexpr std::size_t kShownProblems = 100;

std::string sentence(std::string_view key, std::string_view what) {
  return key.empty() ? std::string(what) : fmt::format("{}: {}", key, what);
}

}  // namespace

void Problems::add(Place place, std::string_view key, std::string_view what) {
  errors_.push_back({place, sentence(key, what)});
}

void Problems::warn(Place place, std::string_view key, std::string_view what) {
  warnings_.push_back({place, sentence(key, what)});
}

std::vector<std::string> Problems::lines(std::vector<Entry> entries, std::string_view file) {
  std::ranges::stable_sort(entries, [](const Entry& a, const Entry& b) {
    return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
  });
  std::vector<std::string> out;
  for (const auto& entry : entries) {
    if (out.size() == kShownProblems) {
      out.push_back(fmt::format("{}: and {} more", file, entries.size() - kShownProblems));
      break;
    }
    out.push_back(fmt::format("{}:{}:{}: {}", file, entry.place.line, entry.place.column, entry.text));
  }
  return out;
}

Error Problems::error(std::string_view file) const {
  return Error(fmt::format("{}", fmt::join(lines(errors_, file), "\n")));
}

std::vector<std::string> Problems::warnings(std::string_view file) const {
  return lines(warnings_, file);
}

}  // namespace aisle::config
