#include "agent/offers/leases.hpp"

#include <algorithm>

namespace aisle::offers {

void Leases::upsert(Lease lease) {
  erase(lease.id);
  by_offer_[lease.offer].insert(lease.id);
  std::string id = lease.id;
  leases_.emplace(std::move(id), std::move(lease));
}

bool Leases::erase(std::string_view id) {
  const auto it = leases_.find(id);
  if (it == leases_.end()) return false;
  const auto offer = by_offer_.find(it->second.offer);
  offer->second.erase(it->first);
  if (offer->second.empty()) by_offer_.erase(offer);
  leases_.erase(it);
  return true;
}

void Leases::clear() {
  leases_.clear();
  by_offer_.clear();
}

std::optional<LeaseSpend> Leases::next(std::string_view offer, UnixTime now) const {
  const auto ids = by_offer_.find(offer);
  if (ids == by_offer_.end()) return std::nullopt;
  std::optional<LeaseSpend> best;
  for (const std::string& id : ids->second) {
    const Lease& lease = leases_.find(id)->second;
    if (lease.gateway != gateway_ || now >= lease.expires || (best && best->expires <= lease.expires)) continue;
    if (auto spend = next_of(lease)) best = std::move(spend);
  }
  return best;
}

std::optional<LeaseSpend> Leases::next_of(const Lease& lease) const {
  const auto found = spent_.find(lease.id);
  const Spent* spent = found == spent_.end() ? nullptr : &found->second;
  if (spent != nullptr && spent->fence > lease.fence) return std::nullopt;  // taken back meanwhile
  const std::uint64_t units = spent != nullptr && spent->fence == lease.fence ? spent->units : 0;
  LeaseSpend spend{lease.id, lease.fence, units + 1, {}, lease.expires};
  if (lease.codes.empty()) return units < lease.units ? std::optional(std::move(spend)) : std::nullopt;
  const auto code = std::ranges::find_if(
      lease.codes, [&](const std::string& one) { return spent == nullptr || !spent->codes.contains(one); });
  if (code == lease.codes.end()) return std::nullopt;
  spend.code = *code;
  return spend;
}

void Leases::record(const LeaseSpend& spend) {
  Spent& spent = spent_[spend.lease];
  if (!spend.code.empty()) spent.codes.insert(spend.code);
  if (spend.fence < spent.fence) return;
  if (spend.fence > spent.fence) spent.units = 0;
  spent.fence = spend.fence;
  spent.units = std::max(spent.units, spend.unit);
}

std::uint64_t Leases::spent_of(const Lease& lease) const {
  const auto found = spent_.find(lease.id);
  if (found == spent_.end()) return 0;
  const Spent& spent = found->second;
  if (lease.codes.empty()) return spent.fence == lease.fence ? std::min(spent.units, lease.units) : 0;
  return static_cast<std::uint64_t>(
      std::ranges::count_if(lease.codes, [&](const std::string& code) { return spent.codes.contains(code); }));
}

Leases::Stats Leases::stats() const {
  Stats stats;
  for (const auto& [id, lease] : leases_) {
    if (lease.gateway != gateway_) continue;
    ++stats.held;
    stats.units += lease.codes.empty() ? lease.units : lease.codes.size();
    stats.spent += spent_of(lease);
  }
  for (const auto& [id, spent] : spent_) {
    if (!leases_.contains(id)) stats.spent_before += spent.units;
  }
  return stats;
}

}  // namespace aisle::offers
