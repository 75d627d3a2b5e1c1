// What `aislectl provision` is told: a claim file, flags that go over it, and questions on a terminal.
#pragma once

#include <string>

#include "agent/provision/claim.hpp"

namespace aisle::cli {

struct ClaimInput {
  std::string file;      // claim file; empty: none
  std::string ca_file;   // empty: none
  provision::Claim set;  // by flags
  [[nodiscard]] bool given() const {
    return !file.empty() || !set.store.empty() || !set.gateway.empty() || !set.url.empty() || !set.token.empty() ||
           !set.broker.empty();
  }
};

// Reads what there is, and asks for the rest where somebody sits at a terminal. Error: what is missing or wrong.
[[nodiscard]] Result<provision::Claim> read_claim(const ClaimInput& input);

}  // namespace aisle::cli
