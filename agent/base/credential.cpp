#include "agent/base/credential.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>

namespace aisle {
namespace {

constexpr std::string_view kPrefix = "credential:";
constexpr std::size_t kMaxName = 255;

// systemd.exec(5): a file name of ASCII without ":" and control characters.
bool valid_name(std::string_view name) {
  const auto allowed = [](char c) { return c > ' ' && c < '\x7f' && c != ':' && c != '/'; };
  return !name.empty() && name.size() <= kMaxName && name != "." && name != ".." && std::ranges::all_of(name, allowed);
}

}  // namespace

bool names_credential(std::string_view source) {
  return source.starts_with(kPrefix);
}

bool valid_source(std::string_view source) {
  return names_credential(source) ? valid_name(source.substr(kPrefix.size())) : !source.empty();
}

Result<std::string> source_path(std::string_view source) {
  if (!names_credential(source)) return std::string(source);
  const std::string_view name = source.substr(kPrefix.size());
  if (!valid_name(name)) return fail("\"{}\" cannot be the name of a credential", name);
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (directory == nullptr || *directory == '\0') {
    return fail("{}: systemd handed over no credentials; the unit needs LoadCredential={}:FILE", source, name);
  }
  return fmt::format("{}/{}", directory, name);
}

Result<std::string> read_secret(std::string_view source) {
  const auto path = source_path(source);
  if (!path) return tl::unexpected(path.error());
  errno = 0;
  std::ifstream file(*path);
  if (!file) return fail("{}: {}", *path, std::generic_category().message(errno));
  std::string secret;
  if (!std::getline(file, secret)) return fail("{}: is empty", *path);
  if (secret.ends_with('\r')) secret.pop_back();
  return secret;
}

}  // namespace aisle
