#include "agent/provision/url.hpp"

#include <algorithm>
#include <charconv>

namespace aisle::provision {
namespace {

constexpr std::string_view kSecure = "https://", kPlain = "http://";
constexpr std::uint16_t kPlainPort = 80;

Result<Url> parse(std::string_view text, std::string_view scheme, Url out) {
  const auto wrong = [&] { return fail("{}HOST[:PORT][/PATH] expected, not \"{}\"", scheme, text.substr(0, 200)); };
  if (!text.starts_with(scheme) || !std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; }))
    return wrong();
  std::string_view rest = text.substr(scheme.size());
  const auto slash = rest.find('/');
  if (slash != std::string_view::npos) out.path = rest.substr(slash);
  while (out.path.ends_with('/')) out.path.pop_back();
  rest = rest.substr(0, slash);
  const auto bracket = rest.find(']');
  const auto colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  out.host = rest.substr(0, colon);
  if (out.host.starts_with('[') && out.host.ends_with(']')) out.host = out.host.substr(1, out.host.size() - 2);
  if (out.host.empty() || out.host.find_first_of("@?#[]") != std::string::npos) return wrong();
  if (colon == std::string_view::npos) return out;
  const std::string_view digits = rest.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out.port);
  if (error != std::errc() || end != digits.data() + digits.size() || out.port == 0) return wrong();
  return out;
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  return parse(text, kSecure, {});
}

Result<Url> parse_web_url(std::string_view text) {
  if (!text.starts_with(kPlain)) return parse_url(text);
  return parse(text, kPlain, {.host = {}, .port = kPlainPort, .path = {}, .tls = false});
}

}  // namespace aisle::provision
