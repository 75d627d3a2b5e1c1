#include "agent/app/scrub.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace aisle::app {
namespace {

constexpr std::size_t kAddressDigits = 12;
constexpr std::size_t kTokenDigits = 24;
constexpr std::size_t kAddressText = 17;  // six pairs and five separators
constexpr std::size_t kShortNumber = 8;
constexpr std::string_view kRecord = " record \"";
constexpr std::string_view kEndOfWord = " \t\r\n\"'<>,;&)]}";
constexpr std::array<std::string_view, 13> kNames = {"password",   "passwd",    "secret",  "token",  "tokens",
                                                     "pin",        "pin-value", "pincode", "apikey", "api_key",
                                                     "access_key", "signature", "sig"};

// A part of the text that is to go.
struct Part {
  std::size_t at = 0, length = 0;
};

bool is_hex(char character) {
  return std::isxdigit(static_cast<unsigned char>(character)) != 0;
}
bool is_word(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) != 0;
}
bool is_name(char character) {
  return is_word(character) || character == '_' || character == '-';
}

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; });
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

std::size_t end_of_word(std::string_view text, std::size_t at) {
  return std::min(text.find_first_of(kEndOfWord, at), text.size());
}

bool names_secret(std::string_view name) {
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  return std::ranges::any_of(kNames, [&](std::string_view known) {
    return std::ranges::equal(name, known, same) ||
           (name.size() > known.size() && !is_word(name[name.size() - known.size() - 1]) &&
            std::ranges::equal(name.substr(name.size() - known.size()), known, same));
  });
}

// The value behind `"password": "` or `token=`, where a name begins at `at`.
std::optional<Part> value_behind_name(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_name(text[end])) ++end;
  if (!names_secret(text.substr(at, end - at))) return std::nullopt;
  const auto sign = text.find_first_not_of("\" '", end);
  if (sign == std::string_view::npos || (text[sign] != '=' && text[sign] != ':')) return std::nullopt;
  const auto value = text.find_first_not_of(" [", sign + 1);
  if (value == std::string_view::npos || text[value] == '\n') return std::nullopt;
  if (text.substr(value - 1).starts_with(kRemoved)) return std::nullopt;  // it is gone already
  if (text[value] != '"' && text[value] != '\'') {
    const Part word{value, end_of_word(text, value) - value};
    const bool counter = text[sign] == ':' && all_digits(text.substr(word.at, word.length));
    return counter ? std::nullopt : std::optional(word);
  }
  const auto close = text.find_first_of(std::string{text[value], '\n'}, value + 1);
  return Part{value + 1, std::min(close, text.size()) - value - 1};
}

// Of the URL whose "://" is at `at`.
std::optional<Part> user_of_url(std::string_view text, std::size_t at) {
  if (!text.substr(at).starts_with("://")) return std::nullopt;
  const std::size_t begin = at + 3;
  const auto user = text.substr(begin, text.find_first_of(" \t\r\n\"'<>/?", begin) - begin).rfind('@');
  return user == std::string_view::npos ? std::nullopt : std::optional(Part{begin, user});
}

// What stands behind the '?' at `at`, if that is in a URL.
std::optional<Part> query_of_url(std::string_view text, std::size_t at) {
  constexpr std::string_view kAround = " \t\r\n\"'<>";
  const std::size_t begin = text.find_last_of(kAround, at) + 1;  // 0 where there is none
  if (text.substr(begin, at - begin).find("://") == std::string_view::npos) return std::nullopt;
  return Part{at + 1, std::min(text.find_first_of(kAround, at), text.size()) - at - 1};
}

std::optional<Part> part_at(std::string_view text, std::size_t at) {
  if (text.substr(at).starts_with(kRecord)) {
    const std::size_t name = at + kRecord.size();
    return Part{name, std::min(text.find_first_of("\"\n", name), text.size()) - name};
  }
  if (text[at] == ':') return user_of_url(text, at);
  if (text[at] == '?') return query_of_url(text, at);
  if (at > 0 && is_word(text[at - 1])) return std::nullopt;
  if (const std::size_t length = secret_length(text.substr(at)); length > 0) return Part{at, length};
  return is_word(text[at]) ? value_behind_name(text, at) : std::nullopt;
}

void remove_all(std::string& text, const std::string& secret) {
  if (secret.empty()) return;
  const bool alone = secret.size() <= kShortNumber && all_digits(secret);
  for (auto at = text.find(secret); at != std::string::npos;) {
    const std::size_t end = at + secret.size();
    const bool within = (at > 0 && is_word(text[at - 1])) || (end < text.size() && is_word(text[end]));
    if (!alone || !within) text.replace(at, secret.size(), kRemoved);
    at = text.find(secret, at + (alone && within ? secret.size() : kRemoved.size()));
  }
}

}  // namespace

std::string scrub(std::string_view text, const std::vector<std::string>& secrets) {
  // The known ones first: a pattern may match a part of one.
  std::string known(text);
  auto longest_first = secrets;
  std::ranges::sort(longest_first, std::ranges::greater(), &std::string::size);
  for (const auto& secret : longest_first) remove_all(known, secret);
  std::string out;
  out.reserve(known.size());
  for (std::size_t at = 0; at < known.size();) {
    const auto part = part_at(known, at);
    if (!part || part->length == 0) {
      out.push_back(known[at++]);
      continue;
    }
    out.append(known, at, part->at - at);
    out += kRemoved;
    at = part->at + part->length;
  }
  return out;
}

}  // namespace aisle::app
