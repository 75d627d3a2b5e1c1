#include "sync/core/refused_types.hpp"

namespace aisle::sync {
namespace {

constexpr Duration kSparedFor = std::chrono::minutes(10);
constexpr const char* kReport = "outbox.dropped";  // the account of what was refused: always asked for

}  // namespace

RefusedTypes::Treatment RefusedTypes::treatment(const std::string& type, SteadyTime now) const {
  const auto found = refused_.find(type);
  if (!hangs_up_ || found == refused_.end()) return Treatment::usual;
  const bool lately = now - found->second.when < kSparedFor;
  return lately && found->second.sure && type != kReport ? Treatment::spared : Treatment::alone;
}

void RefusedTypes::refused(const std::string& type, int reason, SteadyTime now) {
  Last& last = refused_[type];
  last = {reason, now, false, last.sure || last.others_taken};
  refused_here_ = true;
}

// Taken after a refusal on the same connection: the broker does not hang up.
void RefusedTypes::accepted(const std::string& type) {
  if (refused_here_) hangs_up_ = false;
  refused_here_ = false;
  refused_.erase(type);
  for (auto& entry : refused_) entry.second.others_taken = true;
}

}  // namespace aisle::sync
