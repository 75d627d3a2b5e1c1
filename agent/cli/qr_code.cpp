#include "agent/cli/qr_code.hpp"

#include <qrencode.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string_view>

namespace aisle::cli {
namespace {

constexpr int kMargin = 4;  // squares, ISO/IEC 18004
constexpr std::string_view kBlackAndWhite = "\x1b[40;97m", kPlain = "\x1b[0m";

class Squares {
 public:
  explicit Squares(const QRcode& code) : code_(code) {}
  [[nodiscard]] int size() const { return code_.width + 2 * kMargin; }
  [[nodiscard]] bool dark(int row, int column) const {
    row -= kMargin;
    column -= kMargin;
    if (row < 0 || column < 0 || row >= code_.width || column >= code_.width) return false;
    return (code_.data[row * code_.width + column] & 1U) != 0;  // qrencode.h: the lowest bit is the colour
  }

 private:
  const QRcode& code_;
};

// Light squares are drawn: a terminal is dark, or told to be.
std::string blocks(const Squares& squares, bool colours) {
  std::string out;
  for (int row = 0; row < squares.size(); row += 2) {
    if (colours) out += kBlackAndWhite;
    for (int column = 0; column < squares.size(); ++column) {
      const bool upper = !squares.dark(row, column);
      const bool lower = row + 1 < squares.size() && !squares.dark(row + 1, column);
      out += upper && lower ? "█" : upper ? "▀" : lower ? "▄" : " ";
    }
    if (colours) out += kPlain;
    out += '\n';
  }
  return out;
}

std::string hashes(const Squares& squares) {
  std::string out;
  for (int row = 0; row < squares.size(); ++row) {
    for (int column = 0; column < squares.size(); ++column) out += squares.dark(row, column) ? "  " : "##";
    out += '\n';
  }
  return out;
}

}  // namespace

Result<std::string> qr_code(const std::string& text, QrStyle style) {
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeString(text.c_str(), 0, QR_ECLEVEL_L, QR_MODE_8, 1), QRcode_free);
  if (!code) return fail("no QR code can be made of {} characters", text.size());
  const Squares squares(*code);
  return style.half_blocks ? blocks(squares, style.colours) : hashes(squares);
}

QrStyle style_of_terminal() {
  std::string_view locale;
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (locale.empty() && value != nullptr) locale = value;
  }
  const bool unicode = locale.find("UTF-8") != std::string_view::npos || locale.find("utf8") != std::string_view::npos;
  return {unicode, isatty(STDOUT_FILENO) == 1};
}

}  // namespace aisle::cli
