// Files that are whole after a power cut, old or new: written beside, brought to the disk, renamed.
#pragma once

#include <string>
#include <string_view>

#include "agent/base/result.hpp"

namespace aisle {

// The file gets the rights of the one at `like`, and its owner where we may give that.
[[nodiscard]] Status write_durably(const std::string& path, std::string_view text, const std::string& like);
[[nodiscard]] Status rename_durably(const std::string& from, const std::string& to);
// Both are there, in the same directory, and change places at one moment.
[[nodiscard]] Status exchange_durably(const std::string& one, const std::string& other);
// A file that is not there is removed already.
[[nodiscard]] Status remove_durably(const std::string& path);

}  // namespace aisle
