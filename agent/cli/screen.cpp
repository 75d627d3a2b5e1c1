#include "agent/cli/screen.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace aisle::cli {
namespace {

struct Size {
  std::size_t rows = 24, columns = 80;
};

Size size_now() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return {};
  return {size.ws_row, size.ws_col};
}

// At most so many characters, never half of one; nothing in them steers the terminal.
std::string cut(std::string line, std::size_t columns) {
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  std::size_t characters = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(line[i]) & 0xC0U) != 0x80U;
    if (begins && ++characters > columns) return line.substr(0, i);
  }
  return line;
}

}  // namespace

Screen::Screen() : terminal_(isatty(STDOUT_FILENO) != 0) {}

void Screen::draw(const std::vector<std::string>& lines) {
  if (!terminal_) return;
  const Size size = size_now();
  std::string out = drawn_ ? "\033[H" : "\033[2J\033[H";
  drawn_ = true;
  for (std::size_t i = 0; i < lines.size() && i + 1 < size.rows; ++i) out += cut(lines[i], size.columns) + "\033[K\n";
  out += "\033[J";
  std::fwrite(out.data(), 1, out.size(), stdout);
  std::fflush(stdout);
}

}  // namespace aisle::cli
