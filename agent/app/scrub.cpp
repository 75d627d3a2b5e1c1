#include "agent/app/scrub.hpp"

#include <cctype>

namespace aisle::app {
namespace {

constexpr std::size_t kAddressDigits = 12;
constexpr std::size_t kTokenDigits = 24;
constexpr std::size_t kAddressText = 17;  // six pairs and five separators

bool is_hex(char character) {
  return std::isxdigit(static_cast<unsigned char>(character)) != 0;
}
bool is_word(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) != 0;
}

bool address_at(std::string_view text) {
  if (text.size() < kAddressText) return false;
  const char separator = text[2];
  if (separator != ':' && separator != '-' && separator != '_') return false;
  for (std::size_t i = 0; i < kAddressText; ++i) {
    if (i % 3 == 2 ? text[i] != separator : !is_hex(text[i])) return false;
  }
  return text.size() == kAddressText || !is_word(text[kAddressText]);
}

// How many characters of the beginning are to go, where a word begins.
std::size_t secret_length(std::string_view text) {
  if (address_at(text)) return kAddressText;
  std::size_t digits = 0;
  while (digits < text.size() && is_hex(text[digits])) ++digits;
  const bool whole = digits == text.size() || !is_word(text[digits]);
  return whole && (digits == kAddressDigits || digits >= kTokenDigits) ? digits : 0;
}

void remove_all(std::string& text, const std::string& secret) {
  if (secret.empty()) return;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + kRemoved.size()))
    text.replace(at, secret.size(), kRemoved);
}

}  // namespace

std::string scrub(std::string_view text, const std::vector<std::string>& secrets) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const bool begins = at == 0 || !is_word(text[at - 1]);
    const std::size_t length = begins ? secret_length(text.substr(at)) : 0;
    if (length > 0) {
      out += kRemoved;
      at += length;
    } else {
      out.push_back(text[at++]);
    }
  }
  for (const auto& secret : secrets) remove_all(out, secret);
  return out;
}

}  // namespace aisle::app
