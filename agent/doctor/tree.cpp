#include "agent/doctor/tree.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

namespace aisle::doctor {
namespace fs = std::filesystem;

namespace {
constexpr std::size_t kMaxText = std::size_t{1} << 20U;
}

bool Tree::exists(const std::string& absolute) const {
  std::error_code error;
  return fs::exists(path(absolute), error);
}

std::optional<std::string> Tree::text(const std::string& absolute) const {
  std::error_code error;
  if (fs::is_directory(path(absolute), error)) return std::nullopt;
  std::ifstream in(path(absolute), std::ios::binary);
  if (!in) return std::nullopt;
  std::string out(kMaxText, '\0');
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  out.resize(static_cast<std::size_t>(in.gcount()));
  return out;
}

std::optional<std::string> Tree::line(const std::string& absolute) const {
  auto found = text(absolute);
  if (!found) return std::nullopt;
  using std::string_view_literals::operator""sv;
  found->erase(std::min(found->find('\n'), found->size()));
  const auto last = found->find_last_not_of(" \t\r\0"sv);
  found->erase(last == std::string::npos ? 0 : last + 1);
  return found;
}

std::optional<std::uint64_t> Tree::number(const std::string& absolute) const {
  const auto found = line(absolute);
  std::uint64_t value = 0;
  if (!found) return std::nullopt;
  const auto parsed = std::from_chars(found->data(), found->data() + found->size(), value);
  return parsed.ec == std::errc() ? std::optional(value) : std::nullopt;
}

std::vector<std::string> Tree::names(const std::string& folder) const {
  std::vector<std::string> out;
  std::error_code error;
  for (fs::directory_iterator entry(path(folder), error), end; !error && entry != end; entry.increment(error))
    out.push_back(entry->path().filename().string());
  std::ranges::sort(out);
  return out;
}

std::string Tree::resolved(const std::string& absolute) const {
  std::error_code error;
  const std::string real = fs::canonical(path(absolute), error).string();
  if (error) return {};
  const std::string root = root_.empty() ? std::string() : fs::canonical(root_, error).string();
  return real.starts_with(root) ? real.substr(root.size()) : std::string();
}

}  // namespace aisle::doctor
