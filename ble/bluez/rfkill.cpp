#include "ble/bluez/rfkill.hpp"

#include <filesystem>
#include <fstream>

namespace aisle::bluez {
namespace {

std::string first_word(const std::filesystem::path& file) {
  std::string word;
  std::ifstream(file) >> word;
  return word;
}

}  // namespace

std::string Rfkill::blocked(const std::string& adapter) const {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder_, error), end; !error && entry != end; entry.increment(error)) {
    if (first_word(entry->path() / "name") != adapter) continue;
    if (first_word(entry->path() / "hard") == "1") return "by a hardware switch";
    if (first_word(entry->path() / "soft") == "1") return "softly";
  }
  return {};
}

}  // namespace aisle::bluez
