// Expected failures as values: Result<T> is a T or an Error that gathers context on its way up.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace aisle {

// What went wrong, where and what was expected, in one sentence for a person. `within` adds the caller's context in
// front.
class Error {
 public:
  explicit Error(std::string message) : message_(std::move(message)) {}
  [[nodiscard]] const std::string& message() const { return message_; }
  [[nodiscard]] Error within(std::string_view context) const { return Error(fmt::format("{}: {}", context, message_)); }

 private:
  std::string message_;
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

// return fail("line {}: expected {}", line, what);
template <class... Args>
[[nodiscard]] tl::unexpected<Error> fail(fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Error>(Error(fmt::format(format, std::forward<Args>(args)...)));
}

}  // namespace aisle
