#include "config/toml_guard.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace aisle::config {
namespace {

Place place_of(std::string_view text, std::size_t offset) {
  Place place;
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++place.line;
      place.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      ++place.column;
    }
  }
  return place;
}

unsigned byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
}

// Length of the well-formed UTF-8 character at `at` (Unicode 15, table 3-7); 0 when it is none.
std::size_t character_length(std::string_view text, std::size_t at) {
  const unsigned a = byte_at(text, at);
  const unsigned b = byte_at(text, at + 1);
  const auto tail = [&](std::size_t i) { return (byte_at(text, at + i) & 0xC0U) == 0x80U; };
  if (a < 0x80) return 1;
  if (a >= 0xC2 && a <= 0xDF) return tail(1) ? 2 : 0;
  if (a >= 0xE0 && a <= 0xEF) {
    const bool second = a == 0xE0 ? b >= 0xA0 && b <= 0xBF : (a == 0xED ? b >= 0x80 && b <= 0x9F : tail(1));
    return second && tail(2) ? 3 : 0;
  }
  if (a >= 0xF0 && a <= 0xF4) {
    const bool second = a == 0xF0 ? b >= 0x90 && b <= 0xBF : (a == 0xF4 ? b >= 0x80 && b <= 0x8F : tail(1));
    return second && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

std::optional<GuardFinding> check_characters(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text, at);
    const unsigned byte = byte_at(text, at);
    if (length == 0) return GuardFinding{place_of(text, at), fmt::format("invalid UTF-8 (byte 0x{:02x})", byte)};
    const bool newline = byte == '\n' || (byte == '\r' && byte_at(text, at + 1) == '\n');
    if ((byte < 0x20 && byte != '\t' && !newline) || byte == 0x7F) {
      return GuardFinding{place_of(text, at), fmt::format("control character 0x{:02x} is not allowed", byte)};
    }
    at += length;
  }
  return std::nullopt;
}

// The first offset after the string that opens at `at`; strings on one line end with it at the latest.
std::size_t skip_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const bool escapes = quote == '"';
  const std::string closing(3, quote);
  const bool long_form = text.substr(at, 3) == closing;
  for (at += long_form ? 3 : 1; at < text.size(); ++at) {
    if (escapes && text[at] == '\\' && byte_at(text, at + 1) != '\n') {
      ++at;
    } else if (!long_form && (text[at] == quote || text[at] == '\n')) {
      return at + 1;
    } else if (long_form && text.substr(at, 3) == closing) {
      at += 3;
      // Up to two quotes may stand before the closing three.
      for (int extra = 0; extra < 2 && byte_at(text, at) == static_cast<unsigned char>(quote); ++extra) ++at;
      return at;
    }
  }
  return text.size();
}

std::optional<GuardFinding> check_nesting(std::string_view text) {
  unsigned depth = 0;
  unsigned dots = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"' || c == '\'') {
      at = skip_string(text, at);
      continue;
    }
    if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    if (c == '.') ++dots;
    if (std::string_view("=,[]{}\n").find(c) != std::string_view::npos) dots = 0;
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth > 0) --depth;
    if (depth > kMaxNesting || dots > kMaxKeyDots) {
      return GuardFinding{
          place_of(text, at),
          fmt::format("nested too deeply (at most {} brackets and keys of {} parts)", kMaxNesting, kMaxKeyDots + 1)};
    }
    ++at;
  }
  return std::nullopt;
}

}  // namespace

std::optional<GuardFinding> guard_toml(std::string_view text) {
  if (text.size() > kMaxConfigBytes) return GuardFinding{{}, fmt::format("at most {} bytes expected", kMaxConfigBytes)};
  if (auto finding = check_characters(text)) return finding;
  return check_nesting(text);
}

}  // namespace aisle::config
