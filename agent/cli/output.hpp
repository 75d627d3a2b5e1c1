// What the CLI prints: tables for people, JSON for programs, complaints and progress on stderr.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "agent/model/event.hpp"

namespace aisle::cli {

// One line on stderr; returns kFailed.
int complain(std::string_view message);

// That a record of a file is refused, and by which field.
int complain_of_record(const std::string& file, const std::string& id, std::string_view field, std::string_view why);

void print_line(std::string_view text);

// Of the configuration, on stderr, each with its file.
void print_warnings(const std::string& file, const std::vector<std::string>& warnings);

// Columns as wide as their widest cell; the first row is the heading.
void print_table(const std::vector<std::vector<std::string>>& rows);
// The same as lines.
[[nodiscard]] std::vector<std::string> table_lines(const std::vector<std::vector<std::string>>& rows);

// Nested objects as "a.b.c  value" lines.
void print_tree(const nlohmann::json& value);

// Counts on a terminal's stderr, at most ten times a second; silent elsewhere.
class Progress {
 public:
  explicit Progress(std::string what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void at(std::uint64_t count);

 private:
  std::string what_;
  bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace aisle::cli
