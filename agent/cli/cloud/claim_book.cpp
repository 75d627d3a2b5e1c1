#include "agent/cli/cloud/claim_book.hpp"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "agent/base/durable_file.hpp"
#include "agent/base/sha256.hpp"
#include "agent/model/ids.hpp"

namespace aisle::cloud {
namespace {

using nlohmann::json;

constexpr const char* kEntry = R"({"token","store","gateway","expires"?} expected)";

Result<std::vector<json>> read_objects(const std::string& path) {
  std::ifstream file(path);
  if (!file) return fail("{}: cannot be read", path);
  std::ostringstream all;
  all << file.rdbuf();
  const auto whole = json::parse(all.str(), nullptr, false);
  if (whole.is_array()) return whole.get<std::vector<json>>();
  std::vector<json> out;
  std::istringstream lines(all.str());
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    out.push_back(json::parse(line, nullptr, false));
    if (!out.back().is_object()) return fail("{}:{}: {}", path, number, kEntry);
  }
  return out;
}

std::string text_of(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string digest_of(const std::string& token) {
  return to_hex(sha256(token));
}

}  // namespace

Answer refusal(int status, std::string_view why) {
  return {status, json{{"error", why}}.dump(-1, ' ', false, json::error_handler_t::replace)};
}

Result<ClaimBook> ClaimBook::open(const std::string& path, Issuer issuer, GrantTerms terms) {
  ClaimBook book(path, std::move(issuer), std::move(terms));
  if (auto read = book.read_claims(); !read) return tl::unexpected(read.error());
  if (auto read = book.read_used(); !read) return tl::unexpected(read.error());
  return book;
}

Status ClaimBook::read_claims() {
  const auto objects = read_objects(path_);
  if (!objects) return tl::unexpected(objects.error());
  std::size_t number = 0;
  for (const auto& object : *objects) {
    ++number;
    const std::string token = text_of(object, "token"), store = text_of(object, "store"),
                      gateway = text_of(object, "gateway"), expires = text_of(object, "expires");
    if (token.empty() || !is_site_id(store) || !is_site_id(gateway))
      return fail("{}: claim {}: {}", path_, number, kEntry);
    if (!expires.empty() && !parse_rfc3339(expires))
      return fail("{}: claim {}: expires: RFC 3339 expected", path_, number);
    const Entry entry{fmt::format("{}/{}", store, gateway), expires, "", ""};
    if (!entries_.emplace(digest_of(token), entry).second)
      return fail("{}: claim {}: its token is that of an earlier one", path_, number);
  }
  return {};
}

Status ClaimBook::read_used() {
  if (std::error_code error; !std::filesystem::exists(path_ + ".used", error)) return {};
  const auto objects = read_objects(path_ + ".used");
  if (!objects) return tl::unexpected(objects.error());
  for (const auto& object : *objects) {
    const auto entry = entries_.find(text_of(object, "claim"));
    if (entry == entries_.end()) continue;
    entry->second.fingerprint = text_of(object, "key");
    entry->second.certificate = text_of(object, "certificate");
  }
  return {};
}

Status ClaimBook::write_used() const {
  std::string text;
  for (const auto& [digest, entry] : entries_) {
    if (entry.fingerprint.empty()) continue;
    text += json{{"claim", digest}, {"key", entry.fingerprint}, {"certificate", entry.certificate}}.dump() + "\n";
  }
  return write_durably(path_ + ".used", text, path_);
}

Answer ClaimBook::claim(const std::string& order, UnixTime now) {
  const auto asked = json::parse(order, nullptr, false);
  const auto found = entries_.find(digest_of(text_of(asked, "token")));
  if (found == entries_.end()) return refusal(403, "there is no such claim");
  Entry& entry = found->second;
  if (entry.name != text_of(asked, "store") + "/" + text_of(asked, "gateway"))
    return refusal(403, "the claim is for another gateway");
  const auto request = parse_request(text_of(asked, "csr"));
  if (!request) return refusal(400, request.error().message());
  if (request->name != entry.name) return refusal(400, "csr: its name is not the gateway's");
  if (!entry.fingerprint.empty()) {
    if (entry.fingerprint == request->fingerprint) return grant(entry.certificate);
    return refusal(409, "the claim was used with another key; ask for a new one");
  }
  if (!entry.expires.empty() && now > *parse_rfc3339(entry.expires)) return refusal(403, "the claim has expired");
  const auto certificate = issuer_.issue(*request, terms_.life);
  if (!certificate) return refusal(500, certificate.error().message());
  entry.fingerprint = request->fingerprint;
  entry.certificate = *certificate;
  // Before it is answered: a claim whose use is forgotten would serve twice.
  if (const auto written = write_used(); !written) {
    entry.fingerprint.clear();
    return refusal(500, "the use of the claim cannot be written down");
  }
  return grant(*certificate);
}

Answer ClaimBook::renew(const std::string& name, const std::string& order) const {
  const auto request = parse_request(text_of(json::parse(order, nullptr, false), "csr"));
  if (!request) return refusal(400, request.error().message());
  if (request->name != name) return refusal(403, "csr: its name is not that of the certificate");
  const auto certificate = issuer_.issue(*request, terms_.life);
  return certificate ? grant(*certificate) : refusal(500, certificate.error().message());
}

Answer ClaimBook::grant(const std::string& certificate) const {
  json out = {{"certificate", certificate}, {"ca", issuer_.pem()}};
  if (!terms_.command_key.empty()) out["command_key"] = terms_.command_key;
  if (!terms_.broker.empty()) out["broker"] = terms_.broker;
  return {200, out.dump()};
}

}  // namespace aisle::cloud
