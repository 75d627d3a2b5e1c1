// The claims that the cloud has given out, and what became of them: each serves one key.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "agent/base/result.hpp"
#include "agent/base/time.hpp"
#include "agent/cli/cloud/issue_log.hpp"
#include "agent/cli/cloud/issuer.hpp"

namespace aisle::cloud {

// What is told to the one who asks: an HTTP status and a JSON object.
struct Answer {
  int status = 200;
  std::string body;
};
[[nodiscard]] Answer refusal(int status, std::string_view why);

// What goes with each certificate.
struct GrantTerms {
  seconds life{90 * 86400};
  std::string command_key;  // Ed25519; empty: none
  std::string broker;       // "HOST:PORT"; empty: the claim's
};

// Who has proven to hold a certificate of ours.
struct Holder {
  std::string name;  // "store/gateway"; empty: nobody has
  std::string key;   // SHA-256 of the public key, hex
};

class ClaimBook {
 public:
  // `path`: a JSON array or JSON lines of {"token","store","gateway","expires"?}. What was issued is kept in `path`
  // with ".used" behind it, so that a claim serves once also after a restart.
  [[nodiscard]] static Result<ClaimBook> open(const std::string& path, Issuer issuer, GrantTerms terms);

  // {"token","store","gateway","csr"}. The same claim with the same key gets the same certificate again, so that a
  // gateway can repeat what was interrupted.
  [[nodiscard]] Answer claim(const std::string& order, UnixTime now);
  // {"csr"}, of the holder's name and key.
  [[nodiscard]] Answer renew(const Holder& holder, const std::string& order) const;
  [[nodiscard]] const Issuer& issuer() const { return issuer_; }

 private:
  struct Entry {
    std::string name;  // "store/gateway"
    std::string expires;
    std::string fingerprint, certificate;  // once used
  };
  ClaimBook(std::string path, Issuer issuer, GrantTerms terms)
      : path_(std::move(path)), log_(path_), issuer_(std::move(issuer)), terms_(std::move(terms)) {}
  Status read_claims();
  Status read_used();
  Status write_used() const;
  [[nodiscard]] std::optional<Answer> refuse_revoked(const std::string& key) const;
  [[nodiscard]] Result<std::string> issue(const CertificateRequest& request) const;
  [[nodiscard]] Answer grant(const std::string& certificate) const;

  std::string path_;
  IssueLog log_;
  Issuer issuer_;
  GrantTerms terms_;
  std::map<std::string, Entry> entries_;  // by SHA-256 of the token
};

}  // namespace aisle::cloud
