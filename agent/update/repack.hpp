// A package of what is installed, for the way back: no server need have it.
#pragma once

#include <string>

#include "agent/base/result.hpp"

namespace aisle::update {

// `scratch`: a directory of our own that does not exist yet, gone afterwards. Error: a file was altered since it was
// installed, other than the configuration, which is packed as it came.
[[nodiscard]] Status repack(const std::string& package, const std::string& scratch, const std::string& to);

// What `dpkg --verify` finds altered, of its output; "" nothing that counts.
[[nodiscard]] std::string altered(const std::string& verified);
// What dpkg knows of the package, as the control file of a package.
[[nodiscard]] std::string control_of(const std::string& status);

// The list of its configuration files, which dpkg keeps nowhere else.
[[nodiscard]] std::string conffiles_of(const std::string& status);

}  // namespace aisle::update
