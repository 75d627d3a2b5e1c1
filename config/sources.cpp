#include "config/sources.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "config/toml_guard.hpp"

namespace aisle::config {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxDropIns = 100;

Result<std::string> read_file(const std::string& path, std::string_view hint) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail("{}: cannot be opened{}", path, hint);
  // One byte more than allowed tells too large a file from one that just fits.
  std::string text(kMaxConfigBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.fail() && !file.eof())) return fail("{}: cannot be read; a file is expected", path);
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

// The names, sorted; none where there is no directory.
Result<std::vector<std::string>> drop_ins(const std::string& directory) {
  std::error_code error;
  std::vector<std::string> names;
  if (!fs::exists(fs::status(directory, error))) return names;
  fs::directory_iterator entries(directory, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    std::string name = entries->path().filename().string();
    if (!name.starts_with('.') && name.ends_with(".toml")) names.push_back(std::move(name));
  }
  if (error) return fail("{}: cannot be listed: {}", directory, error.message());
  if (names.size() > kMaxDropIns) return fail("{}: at most {} files expected", directory, kMaxDropIns);
  std::ranges::sort(names);
  return names;
}

}  // namespace

std::string drop_in_directory(const std::string& path) {
  return path + ".d";
}

Result<std::vector<Source>> read_sources(const std::string& path) {
  auto main = read_file(path, "; give the configuration with --config FILE");
  if (!main) return tl::unexpected(main.error());
  std::vector<Source> out{{path, std::move(*main)}};
  const auto names = drop_ins(drop_in_directory(path));
  if (!names) return tl::unexpected(names.error());
  for (const auto& name : *names) {
    const std::string file = drop_in_directory(path) + '/' + name;
    auto text = read_file(file, "");
    if (!text) return tl::unexpected(text.error());
    out.push_back({file, std::move(*text)});
  }
  return out;
}

Source& drop_in_of(std::vector<Source>& sources, const std::string& path) {
  const auto found = std::ranges::find(sources, path, &Source::name);
  if (found != sources.end()) return *found;
  const auto next = std::find_if(sources.begin() + 1, sources.end(), [&](const Source& it) { return it.name > path; });
  return *sources.insert(next, {path, ""});
}

Environment process_environment() {
  constexpr std::string_view kPrefix = "AISLE_";
  Environment out;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = text.substr(0, equals);
    if (name.starts_with(kPrefix) && name.find("__", kPrefix.size()) != std::string_view::npos)
      out.emplace_back(name, text.substr(equals + 1));
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace aisle::config
