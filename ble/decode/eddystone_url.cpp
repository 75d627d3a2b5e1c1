// Eddystone-URL, after the service UUID FEAA (github.com/google/eddystone, eddystone-url):
//   0  1  frame type 10
//   1  1  TX power, dBm at 0 m
//   2  1  URL scheme code, 0 to 3
//   3  n  URL: printable ASCII 21 to 7e as itself, 00 to 0d stand for a piece of text, all else is reserved
#include "ble/decode/eddystone_url.hpp"

#include <algorithm>
#include <array>

#include "ble/decode/byte_reader.hpp"
#include "ble/decode/decoder.hpp"

namespace aisle::decode {
namespace {
constexpr std::uint8_t kFrameType = 0x10;
constexpr std::array<std::string_view, 4> kSchemes = {"http://www.", "https://www.", "http://", "https://"};
constexpr std::array<std::string_view, 14> kExpansions = {".com/", ".org/", ".edu/", ".net/", ".info/",
                                                          ".biz/", ".gov/", ".com",  ".org",  ".edu",
                                                          ".net",  ".info", ".biz",  ".gov"};

bool allowed(std::byte code) {
  const auto value = std::to_integer<std::size_t>(code);
  return value < kExpansions.size() || (value >= 0x21 && value <= 0x7E);
}
}  // namespace

std::string_view eddystone_url_scheme(std::byte code) {
  const auto index = std::to_integer<std::size_t>(code);
  return index < kSchemes.size() ? kSchemes[index] : std::string_view();
}

std::string_view eddystone_url_expansion(std::byte code) {
  const auto index = std::to_integer<std::size_t>(code);
  return index < kExpansions.size() ? kExpansions[index] : std::string_view();
}

bool decode_eddystone_url(const Section& section, Sink& sink) {
  ByteReader reader(section.body);
  if (reader.u8() != kFrameType) return false;
  const std::int8_t tx_power = reader.i8();
  const auto encoded = reader.rest();
  if (encoded.empty()) {
    sink.reject("eddystone_url_truncated");
  } else if (eddystone_url_scheme(encoded[0]).empty()) {
    sink.reject("eddystone_url_scheme");
  } else if (!std::ranges::all_of(encoded.subspan(1), allowed)) {
    sink.reject("eddystone_url_character");
  } else {
    sink.add(EddystoneUrl{encoded, tx_power});
  }
  return true;
}

}  // namespace aisle::decode
