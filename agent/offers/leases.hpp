// The right to give out coupons that other gateways give out too: which unit or code is next, and what is spent. A unit
// is spent once: what was spent stays so when its lease is taken away and comes back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "agent/model/records.hpp"

namespace aisle::offers {

class Leases {
 public:
  // Leases of other gateways are held, and never spent.
  void set_gateway(std::string gateway) { gateway_ = std::move(gateway); }
  void upsert(Lease lease);
  bool erase(std::string_view id);
  void clear();

  // What the offer's next decision would take: of the lease that expires first; nothing when none is left or current.
  [[nodiscard]] std::optional<LeaseSpend> next(std::string_view offer, UnixTime now) const;
  // Spent; at start in any order.
  void record(const LeaseSpend& spend);

  struct Stats {
    std::size_t held = 0;            // leases of this gateway
    std::uint64_t units = 0;         // that they began with
    std::uint64_t spent = 0;         // of these
    std::uint64_t spent_before = 0;  // of leases that are held no more
  };
  [[nodiscard]] Stats stats() const;

 private:
  // Under the newest fence; codes under any.
  struct Spent {
    std::int64_t fence = 0;
    std::uint64_t units = 0;
    std::set<std::string, std::less<>> codes;
  };
  [[nodiscard]] std::optional<LeaseSpend> next_of(const Lease& lease) const;
  [[nodiscard]] std::uint64_t spent_of(const Lease& lease) const;

  std::string gateway_;
  std::map<std::string, Lease, std::less<>> leases_;
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> by_offer_;  // ids of leases
  std::map<std::string, Spent, std::less<>> spent_;
};

}  // namespace aisle::offers
