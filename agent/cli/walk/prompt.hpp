// Questions to the technician: asked on stderr, answered on stdin, so that a script can answer too.
#pragma once

#include <string>
#include <string_view>

#include "agent/base/result.hpp"

namespace aisle::cli {

// The line without blanks around it. Error: there is none any more.
Result<std::string> ask(std::string_view question);

// How far a measurement is, on a terminal's stderr; silent elsewhere.
class ProgressBar {
 public:
  explicit ProgressBar(std::size_t whole);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  void at(std::size_t count, std::string_view beside);

 private:
  std::size_t whole_;
  bool terminal_;
  bool shown_ = false;
};

}  // namespace aisle::cli
