#include "agent/update/kept_unit.hpp"

#include <filesystem>

#include "agent/base/durable_file.hpp"
#include "agent/update/folder.hpp"

namespace aisle::update {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxUnit = 64U << 10U;
constexpr const char* kWants = "multi-user.target.wants";

std::string link_of(const std::string& units) {
  return units + "/" + kWants + "/" + kKeptUnit;
}

}  // namespace

Status keep_unit(const std::string& shipped, const std::string& units) {
  const auto text = read_small_file(shipped, kMaxUnit);
  if (!text) return tl::unexpected(text.error());
  if (auto written = write_durably(units + "/" + kKeptUnit, *text, shipped); !written) return written;
  const std::string link = link_of(units);
  std::error_code error;
  fs::create_directories(fs::path(link).parent_path(), error);
  if (!error) fs::remove(link, error);
  if (!error) fs::create_symlink(std::string("../") + kKeptUnit, link, error);
  if (error) return fail("{}: {}", link, error.message());
  for (const auto& directory : {units, units + "/" + kWants}) {
    const auto opened = Folder::open(directory);
    if (!opened) return tl::unexpected(opened.error());
    if (auto synced = opened->sync(); !synced) return synced;
  }
  return {};
}

void forget_unit(const std::string& units) {
  std::error_code ignored;
  fs::remove(link_of(units), ignored);
  fs::remove(units + "/" + kKeptUnit, ignored);
}

}  // namespace aisle::update
