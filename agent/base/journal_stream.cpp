#include "agent/base/journal_stream.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

// The place is the caller's of the log, not ours.
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

namespace aisle {

bool stderr_is_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");  // "device:inode", both decimal
  struct stat file {};
  if (stream == nullptr || fstat(STDERR_FILENO, &file) != 0) return false;
  return fmt::format("{}:{}", file.st_dev, file.st_ino) == stream;
}

std::string_view component_of(std::string_view file) {
  const auto name = file.rfind('/');
  if (name == std::string_view::npos) return "";
  file = file.substr(0, name);
  return file.substr(file.rfind('/') + 1);  // from the start where there is no other "/"
}

bool send_to_journal(int priority, std::string_view message, const CodePlace& place) {
  std::array fields = {
      fmt::format("MESSAGE={}", message),          fmt::format("PRIORITY={}", priority),
      fmt::format("CODE_FILE={}", place.file),     fmt::format("CODE_LINE={}", place.line),
      fmt::format("CODE_FUNC={}", place.function), fmt::format("AISLE_COMPONENT={}", component_of(place.file))};
  std::array<iovec, fields.size()> parts{};
  for (std::size_t i = 0; i < fields.size(); ++i) parts.at(i) = {fields.at(i).data(), fields.at(i).size()};
  return sd_journal_sendv(parts.data(), static_cast<int>(parts.size())) == 0;
}

}  // namespace aisle
