#include "agent/base/hex.hpp"

#include <algorithm>

namespace aisle {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string to_hex(ByteSpan bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const std::byte b : bytes) {
    out.push_back(kDigits[std::to_integer<unsigned>(b) >> 4U]);
    out.push_back(kDigits[std::to_integer<unsigned>(b) & 0xFU]);
  }
  return out;
}

Result<Bytes> from_hex(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (hex_value(text[i]) < 0) return fail("character {} is no hex digit", i + 1);
  }
  if (text.size() % 2 != 0) return fail("an even number of hex digits expected, not {}", text.size());
  Bytes out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2)
    out.push_back(static_cast<std::byte>(hex_value(text[i]) * 16 + hex_value(text[i + 1])));
  return out;
}

std::string uuid_text(std::span<const std::byte, 16> bytes) {
  std::string out = to_hex(bytes);
  for (const std::size_t at : {20U, 16U, 12U, 8U}) out.insert(at, 1, '-');
  return out;
}

Result<Key128> parse_uuid(std::string_view text) {
  const auto bad = [&] {
    return fail("not a UUID such as 01020304-0506-0708-090a-0b0c0d0e0f10: \"{}\"", text.substr(0, 64));
  };
  if (text.size() != 36) return bad();
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-')) return bad();
    if (!dash) digits.push_back(text[i]);
  }
  auto bytes = from_hex_fixed<16>(digits);
  if (!bytes) return bad();
  return *bytes;
}

std::string to_base64(ByteSpan bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = (group << 8U) | (k < n ? std::to_integer<unsigned>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      out.push_back(k <= n ? kBase64[(group >> (18U - 6U * static_cast<unsigned>(k))) & 63U] : '=');
  }
  return out;
}

Result<Bytes> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return fail("base64 of a length that is a multiple of 4 expected, not {}", text.size());
  const std::size_t padding = text.ends_with("==") ? 2 : (text.ends_with('=') ? 1 : 0);
  Bytes out;
  out.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    unsigned group = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const bool pad = i + k >= text.size() - padding;
      const auto value = pad ? 0 : kBase64.find(text[i + k]);
      if (value == std::string_view::npos) return fail("character {} is not base64", i + k + 1);
      group = (group << 6U) | static_cast<unsigned>(value);
    }
    for (unsigned k = 0; k < 3; ++k) out.push_back(static_cast<std::byte>((group >> (16U - 8U * k)) & 0xFFU));
  }
  out.resize(out.size() - padding);
  return out;
}

}  // namespace aisle
