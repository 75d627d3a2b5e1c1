// A QR code in characters.
#pragma once

#include <string>

#include "agent/base/result.hpp"

namespace aisle::cli {

struct QrStyle {
  bool half_blocks = true;  // two rows a line, in Unicode; else "##" a square
  bool colours = false;     // says black and white to the terminal, whatever its own colours are
};
// With the light margin that readers need; ends with a line feed.
[[nodiscard]] Result<std::string> qr_code(const std::string& text, QrStyle style);
// For the standard output.
[[nodiscard]] QrStyle style_of_terminal();

}  // namespace aisle::cli
