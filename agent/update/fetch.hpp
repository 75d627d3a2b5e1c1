// Gets the package that was requested, as the daemon's user; the installer compares it again.
#pragma once

#include <functional>
#include <string>

#include "agent/update/hand_over.hpp"

namespace aisle::update {

// The bytes of a package. Error: it cannot be had, or is not the one.
[[nodiscard]] Result<std::string> download(const Package& package);

struct FetchOptions {
  Site site;
  int attempts = 5;
  std::function<void(int attempt)> pause;  // before the next one
  std::function<UnixTime()> now;
};
// Ends what was requested as refused. Results as of `fetch`.
[[nodiscard]] Result<bool> give_up(HandOver& hand_over, const std::string& why);
// What was requested: the package lies ready, or the outcome says why not. False: nothing was requested. Error: neither
// can be written, or another download is at work.
[[nodiscard]] Result<bool> fetch(HandOver& hand_over, const FetchOptions& options);

}  // namespace aisle::update
