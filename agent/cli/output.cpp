#include "agent/cli/output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "agent/cli/command.hpp"

namespace aisle::cli {
namespace {

// Characters, not bytes: enough for the scripts that we print.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

void print_tree_below(const std::string& path, const nlohmann::json& value) {
  if (value.is_object() && !value.empty()) {
    for (const auto& entry : value.items())
      print_tree_below(path.empty() ? entry.key() : path + "." + entry.key(), entry.value());
    return;
  }
  if (value.is_array() && !value.empty() && value[0].is_object()) {
    for (std::size_t i = 0; i < value.size(); ++i) print_tree_below(fmt::format("{}[{}]", path, i), value[i]);
    return;
  }
  print_line(fmt::format("{:<36}  {}", path, value.is_string() ? value.get<std::string>() : value.dump()));
}

// The id of a refused record, cut where it is longer than any id may be.
std::string name_of_record(const std::string& id) {
  constexpr std::size_t kLongest = 128;
  constexpr std::size_t kShown = 40;
  if (id.empty()) return "without an id";
  if (id.size() <= kLongest) return id;
  std::size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(id[end]) & 0xC0U) == 0x80U) --end;
  return id.substr(0, end) + "...";
}

}  // namespace

int complain(std::string_view message) {
  std::string line = "aislectl: ";
  for (const char c : message) {
    // A message may quote what it complains about: nothing in it steers the terminal or cuts it short.
    const auto code = static_cast<unsigned char>(c);
    if ((code < 0x20 && c != '\n') || code == 0x7F) {
      line += fmt::format("\\x{:02x}", code);
    } else {
      line += c;
    }
  }
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
  return kFailed;
}

int complain_of_record(const std::string& file, const std::string& id, std::string_view field, std::string_view why) {
  return complain(fmt::format("{}: record {}: {}: {}", file, name_of_record(id), field, why));
}

void print_line(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fputc('\n', stdout);
}

void print_warnings(const std::string& file, const std::vector<std::string>& warnings) {
  for (const auto& warning : warnings) std::fprintf(stderr, "%s: warning: %s\n", file.c_str(), warning.c_str());
}

std::vector<std::string> table_lines(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::string> out;
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line += std::string(widths[i] - width(row[i]) + 2, ' ');
    }
    out.push_back(std::move(line));
  }
  return out;
}

void print_table(const std::vector<std::vector<std::string>>& rows) {
  for (const auto& line : table_lines(rows)) print_line(line);
}

void print_tree(const nlohmann::json& value) {
  print_tree_below("", value);
}

Progress::Progress(std::string what) : what_(std::move(what)), terminal_(isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
  if (shown_) std::fputs("\r\033[K", stderr);
}

void Progress::at(std::uint64_t count) {
  if (!terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + std::chrono::milliseconds(100);
  shown_ = true;
  std::fprintf(stderr, "\r%s: %llu\033[K", what_.c_str(), static_cast<unsigned long long>(count));
}

}  // namespace aisle::cli
