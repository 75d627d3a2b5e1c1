#include "config/problems.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace aisle::config {
namespace {

constexpr std::size_t kShownProblems = 100;

std::string sentence(std::string_view key, std::string_view what) {
  return key.empty() ? std::string(what) : fmt::format("{}: {}", key, what);
}

// The main file, its drop-ins, variables.
int rank(const Place& place, std::string_view main) {
  if (place.file.empty() || place.file == main) return 0;
  return place.file.starts_with(kVariable) ? 2 : 1;
}

}  // namespace

std::string place_text(const Place& place, std::string_view main) {
  if (place.file.starts_with(kVariable)) return place.file;
  return fmt::format("{}:{}:{}", place.file.empty() ? main : place.file, place.line, place.column);
}

void Problems::understood(const std::string& key, std::string_view schema, bool required) {
  KeyRule& rule = understood_[key];
  if (rule.schema.empty()) rule.schema = schema;
  rule.required = rule.required || required;
}

void Problems::add(Place place, std::string_view key, std::string_view what) {
  errors_.push_back({std::move(place), sentence(key, what)});
}

void Problems::warn(Place place, std::string_view key, std::string_view what) {
  warnings_.push_back({std::move(place), sentence(key, what)});
}

std::vector<std::string> Problems::lines(std::vector<Entry> entries, std::string_view file) {
  std::ranges::stable_sort(entries, {}, [file](const Entry& entry) {
    const int files = rank(entry.place, file);
    return std::tuple(files, files == 0 ? std::string() : entry.place.file, entry.place.line, entry.place.column);
  });
  std::vector<std::string> out;
  for (const auto& entry : entries) {
    if (out.size() == kShownProblems) {
      out.push_back(fmt::format("{}: and {} more", file, entries.size() - kShownProblems));
      break;
    }
    out.push_back(fmt::format("{}: {}", place_text(entry.place, file), entry.text));
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
