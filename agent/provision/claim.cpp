#include "agent/provision/claim.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "agent/model/ids.hpp"
#include "agent/provision/nodes.hpp"
#include "agent/provision/url.hpp"
#include "config/toml_document.hpp"

namespace aisle::provision {
namespace {

using nlohmann::json;

constexpr const char* kExpected = "store, gateway, broker, url, token, ca or ca_file expected";
constexpr std::size_t kMaxText = 65536;
constexpr std::size_t kMaxName = 64;  // ub-common-name, RFC 5280, appendix A.1

Status give(Claim& claim, std::string_view key, std::string value, const std::string& file) {
  const std::array<std::pair<std::string_view, std::string*>, 6> members{{{"store", &claim.store},
                                                                          {"gateway", &claim.gateway},
                                                                          {"broker", &claim.broker},
                                                                          {"url", &claim.url},
                                                                          {"token", &claim.token},
                                                                          {"ca", &claim.ca}}};
  for (const auto& [name, member] : members) {
    if (name == key) return *member = std::move(value), Status();
  }
  if (key != "ca_file") return fail("\"{}\": {}", key.substr(0, 40), kExpected);
  const std::string path = (std::filesystem::path(file).parent_path() / value).string();
  std::ifstream in(path);
  if (!in) return fail("ca_file: {} cannot be read", path);
  std::ostringstream text;
  text << in.rdbuf();
  claim.ca = text.str();
  return {};
}

Result<Claim> of_json(std::string_view text, const std::string& name) {
  const auto object = json::parse(text, nullptr, false);
  if (!object.is_object()) return fail("{}: a JSON object or TOML expected", name);
  Claim claim;
  for (const auto& [key, value] : object.items()) {
    if (!value.is_string()) return fail("{}: {}: a text expected", name, key.substr(0, 40));
    if (auto given = give(claim, key, value.get<std::string>(), name); !given)
      return tl::unexpected(given.error().within(name));
  }
  return claim;
}

Result<Claim> of_toml(std::string_view text, const std::string& name) {
  const auto table = config::parse_toml(text, name);
  if (!table) return fail("{}: {}", config::place_text(table.error().place, name), table.error().what);
  Claim claim;
  for (const auto& [key, node] : *table) {
    const auto where = config::place_text(config::place_of(node.source()), name);
    const auto value = node.value<std::string>();
    if (!value) return fail("{}: {}: a text in quotes expected", where, key.str().substr(0, 40));
    if (auto given = give(claim, key.str(), *value, name); !given) return tl::unexpected(given.error().within(where));
  }
  return claim;
}

}  // namespace

Result<Claim> parse_claim(std::string_view text, const std::string& name) {
  if (text.size() > kMaxText) return fail("{}: at most {} bytes expected", name, kMaxText);
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{' ? of_json(text, name) : of_toml(text, name);
}

Status check_claim(const Claim& claim) {
  constexpr const char* kId = "1 to 32 of a-z, 0-9 and \"-\" expected";
  if (!is_site_id(claim.store)) return fail("--store: {}, not \"{}\"", kId, claim.store);
  if (!is_site_id(claim.gateway)) return fail("--gateway: {}, not \"{}\"", kId, claim.gateway);
  if (name_of(claim.store, claim.gateway).size() > kMaxName)
    return fail("--gateway: with the store's id and a \"/\" at most {} characters expected, as a certificate names it",
                kMaxName);
  if (auto url = parse_url(claim.url); !url) return tl::unexpected(url.error().within("--url"));
  if (claim.token.empty() || claim.token.size() > 4096) return fail("--token: 1 to 4096 characters expected");
  return claim.broker.empty() ? Status() : check_broker(claim.broker);
}

}  // namespace aisle::provision
