#include "agent/app/support_bundle.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "agent/app/scrub.hpp"
#include "agent/base/hex.hpp"
#include "agent/base/sha256.hpp"

namespace aisle::app {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kBundlesKept = 3;
constexpr std::string_view kPrefix = "support-";

void put(std::string& header, std::size_t at, std::string_view text) {
  header.replace(at, text.size(), text);
}

// POSIX.1-1988, "ustar interchange format": numbers are octal text; the checksum counts its own field as blanks.
std::string header_of(const BundleFile& file, UnixTime modified) {
  std::string header(kBlock, '\0');
  put(header, 0, file.name.substr(0, 99));
  put(header, 100, "0000600");
  put(header, 108, "0000000");
  put(header, 116, "0000000");
  put(header, 124, fmt::format("{:011o}", file.content.size()));
  const auto time = std::chrono::duration_cast<seconds>(modified.time_since_epoch()).count();
  put(header, 136, fmt::format("{:011o}", std::max<std::int64_t>(time, 0)));
  put(header, 148, "        ");
  header[156] = '0';
  put(header, 257, std::string_view("ustar\00000", 8));
  unsigned sum = 0;
  for (const char character : header) sum += static_cast<unsigned char>(character);
  put(header, 148, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  return header;
}

std::vector<fs::path> bundles_in(const std::string& state_dir) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(state_dir, error)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with(kPrefix) && name.ends_with(".tar")) found.push_back(entry.path());
  }
  std::ranges::sort(found, {}, [](const fs::path& path) {
    std::error_code ignored;
    return std::pair(fs::last_write_time(path, ignored), path);
  });
  return found;
}

Status write_file(const std::string& path, std::string_view content) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return fail("{}: {}", path, std::strerror(errno));
  while (!content.empty()) {
    const auto written = ::write(fd, content.data(), content.size());
    if (written < 0) {
      const int code = errno;
      ::close(fd);
      ::unlink(path.c_str());
      return fail("{}: {}", path, std::strerror(code));
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  ::close(fd);
  return {};
}

}  // namespace

std::string tar_of(const std::vector<BundleFile>& files, UnixTime modified) {
  std::string out;
  for (const auto& file : files) {
    out += header_of(file, modified) + file.content;
    out.resize((out.size() + kBlock - 1) / kBlock * kBlock, '\0');
  }
  out.resize(out.size() + 2 * kBlock, '\0');
  return out;
}

void remove_bundles(const std::string& state_dir, std::size_t keep) {
  const auto found = bundles_in(state_dir);
  std::error_code ignored;
  for (std::size_t i = 0; i + keep < found.size(); ++i) fs::remove(found[i], ignored);
}

Result<Json> write_bundle(const std::string& state_dir, std::vector<BundleFile> files,
                          const std::vector<std::string>& secrets, UnixTime now) {
  Json names = Json::array();
  for (auto& file : files) {
    file.content = scrub(file.content, secrets);
    names.push_back(file.name);
  }
  const std::string tar = tar_of(files, now);
  const auto second = std::chrono::duration_cast<seconds>(now.time_since_epoch()).count();
  int number = 0;
  std::error_code ignored;
  const auto path = [&] { return fmt::format("{}/{}{}-{}.tar", state_dir, kPrefix, second, number); };
  while (fs::exists(path(), ignored)) ++number;
  if (auto written = write_file(path(), tar); !written)
    return tl::unexpected(written.error().within("the bundle cannot be written"));
  remove_bundles(state_dir, kBundlesKept);
  return Json{{"path", path()}, {"bytes", tar.size()}, {"sha256", to_hex(sha256(tar))}, {"files", names}};
}

}  // namespace aisle::app
