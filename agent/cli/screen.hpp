// A terminal that is drawn anew again and again. Elsewhere (a pipe, a file) nothing is drawn.
#pragma once

#include <string>
#include <vector>

namespace aisle::cli {

class Screen {
 public:
  Screen();
  [[nodiscard]] bool terminal() const { return terminal_; }
  // From the upper left corner; lines that the terminal has no room for are left out, long ones cut.
  void draw(const std::vector<std::string>& lines);

 private:
  bool terminal_;
  bool drawn_ = false;
};

}  // namespace aisle::cli
