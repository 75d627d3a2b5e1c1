#include "config/names.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <cctype>
#include <numeric>

namespace aisle::config {
namespace {

// Longer names have no neighbour: the distance costs length x length.
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kMisspelt = 2;

// Levenshtein distance, two rows.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

}  // namespace

std::string_view to_string(SourceKind kind) {
  return name_of(kSourceNames, kind);
}

std::string printable(std::string_view text, std::size_t max_bytes) {
  std::size_t length = std::min(text.size(), max_bytes);
  while (length < text.size() && length > 0 && continues_character(text[length])) --length;
  std::string out;
  for (const char c : text.substr(0, length)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      if (c == '"' || c == '\\') out.push_back('\\');
      out.push_back(c);
    }
  }
  if (length < text.size()) out += "...";
  return out;
}

std::string nearest(std::string_view text, const std::vector<std::string>& names) {
  if (text.size() > kLongestName) return {};
  std::string best;
  std::size_t least = kMisspelt + 1;
  for (const auto& name : names) {
    const std::size_t longer = std::max(text.size(), name.size()) - std::min(text.size(), name.size());
    if (longer > kMisspelt || name.size() <= longer) continue;
    const std::size_t d = distance(text, name);
    if (d >= name.size() || d > least) continue;
    best = d == least ? "" : name;
    least = std::min(d, least);
  }
  return best;
}

bool is_loopback(std::string_view host) {
  std::string text(host);
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == 127U;
  in6_addr v6{};
  if (inet_pton(AF_INET6, text.c_str(), &v6) == 1)
    return std::equal(v6.s6_addr, v6.s6_addr + 16, in6addr_loopback.s6_addr);
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text == "localhost";
}

}  // namespace aisle::config
