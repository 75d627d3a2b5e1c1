// The claim book over HTTPS, on threads of its own: POST /claim, and POST /renew with a certificate of ours.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/log.hpp"
#include "agent/cli/cloud/claim_book.hpp"

namespace aisle::cloud {

class ClaimServer {
 public:
  // `listen`: "HOST:PORT"; port 0 takes a free one. `names`: more names and addresses by which gateways reach it.
  [[nodiscard]] static Result<std::unique_ptr<ClaimServer>> start(const std::string& listen,
                                                                  const std::vector<std::string>& names, ClaimBook book,
                                                                  const Clock& clock, const Log& log);
  ~ClaimServer();
  ClaimServer(const ClaimServer&) = delete;
  ClaimServer& operator=(const ClaimServer&) = delete;
  [[nodiscard]] std::uint16_t port() const;

 private:
  struct Impl;
  explicit ClaimServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace aisle::cloud
