// One document over another. Every node keeps the place where it was written.
#pragma once

#include <toml++/toml.h>

#include <map>
#include <string>

namespace aisle::config {

// Tables merge key by key, [[zones]] by `id`, with new ones behind the others; anything else is replaced.
void merge(toml::table& into, toml::table&& from);

// Where each value of a document was given, as in `Loaded`.
[[nodiscard]] std::map<std::string, std::string> origins_of(const toml::table& document);

}  // namespace aisle::config
