#include "agent/cli/walk/prompt.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace aisle::cli {
namespace {

constexpr std::size_t kWidth = 30;

}  // namespace

Result<std::string> ask(std::string_view question) {
  std::fprintf(stderr, "%.*s ", static_cast<int>(question.size()), question.data());
  std::fflush(stderr);
  std::string line;
  const bool given = static_cast<bool>(std::getline(std::cin, line));
  if (isatty(STDIN_FILENO) == 0) std::fputc('\n', stderr);
  if (!given) return fail("no answer: the input has ended");
  const auto first = line.find_first_not_of(" \t\r");
  if (first == std::string::npos) return std::string();
  return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

ProgressBar::ProgressBar(std::size_t whole) : whole_(whole), terminal_(isatty(STDERR_FILENO) != 0) {}

ProgressBar::~ProgressBar() {
  if (shown_) std::fputc('\n', stderr);
}

void ProgressBar::at(std::size_t count, std::string_view beside) {
  if (!terminal_) return;
  shown_ = true;
  const std::size_t full = std::min(count, whole_) * kWidth / whole_;
  std::string bar;
  for (std::size_t i = 0; i < kWidth; ++i) bar += i < full ? "█" : "·";
  const std::string line = fmt::format("\r  {} {}/{}  {}\033[K", bar, count, whole_, beside);
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fflush(stderr);
}

}  // namespace aisle::cli
