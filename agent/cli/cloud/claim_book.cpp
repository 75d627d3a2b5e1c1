#include "agent/cli/cloud/claim_book.hpp"

#include <filesystem>

#include "agent/base/durable_file.hpp"
#include "agent/base/sha256.hpp"
#include "agent/cli/cloud/json_file.hpp"
#include "agent/model/ids.hpp"

namespace aisle::cloud {
namespace {

using nlohmann::json;

constexpr const char* kEntry = R"({"token","store","gateway","expires"?} expected)";

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
  const auto objects = read_objects(path_, kEntry);
  if (!objects) return tl::unexpected(objects.error());
  std::size_t number = 0;
  for (const auto& object : *objects) {
    ++number;
    const std::string token = text_member(object, "token"), store = text_member(object, "store"),
                      gateway = text_member(object, "gateway"), expires = text_member(object, "expires");
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
  std::error_code error;
  if (!std::filesystem::exists(path_ + ".used", error)) {
    if (error) return fail("{}.used: {}", path_, error.message());
    return {};
  }
  const auto objects = read_objects(path_ + ".used", kEntry);
  if (!objects) return tl::unexpected(objects.error());
  for (const auto& object : *objects) {
    const auto entry = entries_.find(text_member(object, "claim"));
    if (entry == entries_.end()) continue;
    entry->second.fingerprint = text_member(object, "key");
    entry->second.certificate = text_member(object, "certificate");
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
  const auto found = entries_.find(digest_of(text_member(asked, "token")));
  if (found == entries_.end()) return refusal(403, "there is no such claim");
  Entry& entry = found->second;
  if (entry.name != text_member(asked, "store") + "/" + text_member(asked, "gateway"))
    return refusal(403, "the claim is for another gateway");
  const auto request = parse_request(text_member(asked, "csr"));
  if (!request) return refusal(400, request.error().message());
  if (request->name != entry.name) return refusal(400, "csr: its name is not the gateway's");
  if (const auto refused = refuse_revoked(request->fingerprint)) return *refused;
  if (!entry.fingerprint.empty()) {
    if (entry.fingerprint == request->fingerprint) return grant(entry.certificate);
    return refusal(409, "the claim was used with another key; ask for a new one");
  }
  if (!entry.expires.empty() && now > *parse_rfc3339(entry.expires)) return refusal(403, "the claim has expired");
  const auto certificate = issue(*request);
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

Answer ClaimBook::renew(const Holder& holder, const std::string& order) const {
  const auto request = parse_request(text_member(json::parse(order, nullptr, false), "csr"));
  if (!request) return refusal(400, request.error().message());
  if (request->name != holder.name) return refusal(403, "csr: its name is not that of the certificate");
  // Else who has a key for a day would get a certificate for another, which is not known when the first is revoked.
  if (request->fingerprint != holder.key) return refusal(403, "csr: its key is not that of the certificate");
  if (const auto refused = refuse_revoked(holder.key)) return *refused;
  const auto certificate = issue(*request);
  return certificate ? grant(*certificate) : refusal(500, certificate.error().message());
}

std::optional<Answer> ClaimBook::refuse_revoked(const std::string& key) const {
  const auto revoked = log_.is_revoked(key);
  if (!revoked) return refusal(500, revoked.error().message());
  if (!*revoked) return std::nullopt;
  return refusal(403, "the gateway's key is revoked; a new claim is needed, with a new key");
}

// Noted before it is given away: what is not known cannot be revoked.
Result<std::string> ClaimBook::issue(const CertificateRequest& request) const {
  auto certificate = issuer_.issue(request, terms_.life);
  if (!certificate) return certificate;
  if (auto noted = log_.note(request.name, request.fingerprint, *certificate); !noted)
    return tl::unexpected(noted.error());
  return certificate;
}

Answer ClaimBook::grant(const std::string& certificate) const {
  json out = {{"certificate", certificate}, {"ca", issuer_.pem()}};
  if (!terms_.command_key.empty()) out["command_key"] = terms_.command_key;
  if (!terms_.broker.empty()) out["broker"] = terms_.broker;
  return {200, out.dump()};
}

}  // namespace aisle::cloud
