// The text that the one-byte codes of an Eddystone-URL stand for.
#pragma once

#include <cstddef>
#include <string_view>

namespace aisle::decode {

// "http://www." and so on; empty for a code that is none.
[[nodiscard]] std::string_view eddystone_url_scheme(std::byte code);

// ".com/" and so on; empty for a byte that stands for itself or is not allowed.
[[nodiscard]] std::string_view eddystone_url_expansion(std::byte code);

}  // namespace aisle::decode
