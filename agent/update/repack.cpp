#include "agent/update/repack.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "agent/update/process.hpp"

namespace aisle::update {
namespace {

namespace fs = std::filesystem;

constexpr seconds kLookUp{60}, kBuild{300};
// The configuration as it came: dpkg would take an edited one in the package for what the package had brought, and
// replace it with the next version's.
constexpr const char* kConfiguration = "/etc/aisle/aisle.toml";
constexpr const char* kAsItCame = "/usr/share/aisle/aisle.toml";

Status copy_entry(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  if (!error) fs::copy(from, to, fs::copy_options::copy_symlinks, error);
  if (error) return fail("{}: {}", from.string(), error.message());
  return {};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty()) out.push_back(line);
  }
  return out;
}

// Directories are listed too; one that is a link here (/lib) is one in the package.
Status copy_files(const std::string& package, const std::string& into) {
  const auto listed = output_of({"dpkg-query", "--listfiles", package}, kLookUp);
  if (!listed) return tl::unexpected(listed.error());
  for (const auto& path : lines_of(*listed)) {
    if (!path.starts_with('/')) continue;
    std::error_code error;
    const auto status = fs::status(path, error);
    if (status.type() == fs::file_type::not_found) continue;  // what may be missing was looked at
    if (fs::is_directory(status)) {
      fs::create_directories(into + path, error);
      if (error) return fail("{}: {}", path, error.message());
      continue;
    }
    if (auto copied = copy_entry(path == kConfiguration ? kAsItCame : path, into + path); !copied) return copied;
  }
  return {};
}

Status write(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  file.flush();
  if (!file) return fail("{} cannot be written", path);
  return {};
}

Status copy_control(const std::string& package, const std::string& into) {
  const auto listed = output_of({"dpkg-query", "--control-list", package}, kLookUp);
  if (!listed) return tl::unexpected(listed.error());
  for (const auto& name : lines_of(*listed)) {
    const auto path = output_of({"dpkg-query", "--control-path", package, name}, kLookUp);
    if (!path) return tl::unexpected(path.error());
    if (auto copied = copy_entry(*path, fs::path(into) / name); !copied) return copied;
  }
  const auto status = output_of({"dpkg-query", "--status", package}, kLookUp);
  if (!status) return tl::unexpected(status.error());
  if (auto written = write(into + "/control", control_of(*status)); !written) return written;
  // Without it dpkg would replace an edited configuration.
  return write(into + "/conffiles", conffiles_of(*status));
}

Status make(const std::string& package, const std::string& tree, const std::string& to) {
  const auto verified = run_program({"dpkg", "--verify", package}, kLookUp, true);
  if (!verified) return tl::unexpected(verified.error());
  if (const auto what = altered(verified->output); !what.empty())
    return fail("the installed package was altered: {}", what);
  std::error_code error;
  fs::create_directories(tree + "/DEBIAN", error);
  if (error) return fail("{}: {}", tree, error.message());
  // dpkg-deb minds the rights of both.
  for (const auto& directory : {tree, tree + "/DEBIAN"})
    fs::permissions(directory, static_cast<fs::perms>(0755), error);
  if (auto copied = copy_files(package, tree); !copied) return copied;
  if (auto copied = copy_control(package, tree + "/DEBIAN"); !copied) return copied;
  const auto built = output_of({"dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", tree, to}, kBuild);
  return built ? Status() : tl::unexpected(built.error());
}

}  // namespace

std::string altered(const std::string& verified) {
  std::string out;
  for (const auto& line : lines_of(verified)) {
    const auto slash = line.find('/');
    if (slash == std::string::npos) continue;
    const std::string path = line.substr(slash);
    // "??5?????? c /etc/…": of the administrator. Small systems leave documentation out.
    const bool of_administrator = line.find(" c ") < slash;
    const bool left_out = line.starts_with("missing") && path.starts_with("/usr/share/") && path != kAsItCame;
    if (!of_administrator && !left_out) out += (out.empty() ? "" : ", ") + path;
  }
  return out;
}

std::string control_of(const std::string& status) {
  std::string out;
  bool left_out = false;
  for (const auto& line : lines_of(status)) {
    if (!line.starts_with(' '))
      left_out = line.starts_with("Status:") || line.starts_with("Conffiles:") || line.starts_with("Config-Version:");
    if (!left_out) out += line + "\n";
  }
  return out;
}

std::string conffiles_of(const std::string& status) {
  std::string out;
  bool listed = false;
  for (const auto& line : lines_of(status)) {
    if (!line.starts_with(' ')) {
      listed = line.starts_with("Conffiles:");
    } else if (listed && !line.ends_with(" obsolete")) {
      out += line.substr(1, line.find(' ', 1) - 1) + "\n";
    }
  }
  return out;
}

Status repack(const std::string& package, const std::string& scratch, const std::string& to) {
  std::error_code ignored;
  fs::remove_all(scratch, ignored);
  auto made = make(package, scratch, to);
  fs::remove_all(scratch, ignored);
  return made;
}

}  // namespace aisle::update
