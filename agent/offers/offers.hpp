// Which one offer to make, if any: contract rules over the cached offers and this customer's past decisions.
// Pure, single-threaded, deterministic.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.hpp"
#include "agent/base/time.hpp"
#include "agent/model/records.hpp"
#include "agent/offers/leases.hpp"

namespace aisle::offers {

// Every way an offer can be refused; names as in `offer.decided` reasons, `offers explain` and metrics.
enum class Refusal : std::uint8_t {
  no_consent,
  clock_untrusted,
  trigger,
  zone,
  not_yet_valid,
  expired,
  day,
  hour,
  segment,
  tier,
  dwell_too_short,
  confidence,
  assurance,
  cap_offer,
  cap_group,
  cap_store,
  cooldown,
  lease_missing,
  stock_unknown,
  outranked
};
inline constexpr std::size_t kRefusals = 20;
[[nodiscard]] std::string_view to_string(Refusal refusal);

struct Question {
  const Customer* customer = nullptr;
  std::string_view zone_id;
  const std::vector<std::string>* zone_categories = nullptr;
  Trigger trigger = Trigger::enter;
  Duration dwell{0};  // time in the zone so far
  Confidence confidence = Confidence::low;
  Assurance assurance = Assurance::static_id;
  UnixTime now{};
  bool clock_trusted = true;
  seconds default_dwell{60};  // when a dwell offer names no min_dwell_s: the zone's first dwell step
};

struct PastDecision {
  std::string customer, offer, group;
  UnixTime at{};
};

struct Refused {
  std::string offer;
  Refusal why;
};

struct Decision {
  const Offer* offer = nullptr;  // nullptr: none
  bool holdout = false;
  std::optional<LeaseSpend> lease;  // what its coupon takes; count it with `leases().record`
  std::vector<Refused> refused;     // all other candidates of this trigger and zone, in order of rank
};

// What would become of one offer.
struct Judged {
  const Offer* offer = nullptr;
  std::vector<Refusal> why;  // empty: it would be made
};

struct Explanation {
  std::vector<Judged> offers;  // in order of rank
  std::size_t left_out = 0;    // of those that there are
  const Offer* winner = nullptr;
  const Offer* runner_up = nullptr;  // the first that only the winner's rank is against
  bool holdout = false;
  std::optional<LeaseSpend> lease;  // that its coupon would take
};

struct OfferStats {
  std::size_t offers = 0, remembered_decisions = 0;
  std::uint64_t decided = 0, holdouts = 0, none = 0;
  std::map<std::string_view, std::uint64_t> refused;  // by reason
};

// How far ahead the clock may be for a while without harm to caps.
inline constexpr seconds kClockSlack{48 * 3600};

class OfferBook {
 public:
  // Error: the time zone is not in the system's database.
  [[nodiscard]] static Result<OfferBook> create(std::string_view iana_timezone);
  ~OfferBook();
  OfferBook(OfferBook&&) noexcept;
  OfferBook& operator=(OfferBook&&) noexcept;

  void upsert(Offer offer);
  bool erase(std::string_view id);
  void clear();
  [[nodiscard]] const Offer* find(std::string_view id) const;
  [[nodiscard]] std::vector<const Offer*> ranked() const;  // priority, then weight, then lower id

  // Decides; remembers nothing until `record`.
  [[nodiscard]] Decision decide(const Question& question);
  // What `decide` would do, and every reason against each of the others. Counts nothing, takes nothing. Where there are
  // more than `most` offers it looks only at those that `decide` looks at, and tells of `most` of them and the
  // winner.
  [[nodiscard]] Explanation explain(const Question& question, std::size_t most = SIZE_MAX) const;
  // Counts a decision (holdouts too) against caps and cooldowns.
  void record(const PastDecision& decision);
  void forget_customer(std::string_view customer);
  [[nodiscard]] Leases& leases();
  // Forgets decisions that no offer's cap or cooldown can reach any more. Call now and then.
  // Keeps them `kClockSlack` longer: a clock that is wrong for a while must not forget what the right one needs.
  void prune(UnixTime now);
  // The longest period any present cap or cooldown looks back; how long the store must keep decisions.
  [[nodiscard]] seconds longest_memory() const;

  // When a stay must be asked about next for dwell offers: the smallest min_dwell (or `default_dwell`) of a dwell offer
  // that fits this zone and lies beyond `dwell`; nothing when none does.
  [[nodiscard]] std::optional<Duration> next_dwell_due(std::string_view zone_id,
                                                       const std::vector<std::string>& categories, Duration dwell,
                                                       seconds default_dwell) const;

  [[nodiscard]] OfferStats stats() const;

 private:
  struct Impl;
  explicit OfferBook(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// SHA-256(key, 00, customer id), first 8 bytes big-endian mod 10,000, below percent x 100.
[[nodiscard]] bool in_holdout(std::string_view experiment_or_offer, std::string_view customer, double percent);

}  // namespace aisle::offers
