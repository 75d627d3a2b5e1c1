// What the cloud has issued, and whose certificates are good no longer.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/result.hpp"

namespace aisle::cloud {

// Two files beside the claims: ".issued" has every certificate, ".revoked" the keys that get none any more. Each
// question reads them anew, so that what another program revokes counts at once.
class IssueLog {
 public:
  explicit IssueLog(std::string claims) : claims_(std::move(claims)) {}

  // On the disk when it returns.
  Status note(const std::string& gateway, const std::string& key, const std::string& certificate) const;
  // Every key that "store/gateway" has a certificate for; how many there are. A new claim serves a new key.
  [[nodiscard]] Result<std::size_t> revoke(const std::string& gateway) const;
  [[nodiscard]] Result<bool> is_revoked(const std::string& key) const;
  // Of the certificates of revoked keys, hex.
  [[nodiscard]] Result<std::vector<std::string>> revoked_serials() const;

 private:
  [[nodiscard]] std::string issued() const { return claims_ + ".issued"; }
  [[nodiscard]] std::string revoked() const { return claims_ + ".revoked"; }
  std::string claims_;
};

}  // namespace aisle::cloud
