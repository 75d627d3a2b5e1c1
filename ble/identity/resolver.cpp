#include "ble/identity/resolver.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <variant>

#include "ble/identity/asset_directory.hpp"
#include "ble/identity/customer_directory.hpp"
#include "ble/identity/static_ids.hpp"
#include "ble/identity/token_directory.hpp"

namespace aisle::identity {
namespace {

// The version byte of T1 tokens.
constexpr std::uint8_t kTokenVersion = 0x10;
// Tells assets from customers among the claimants of static identifiers.
constexpr std::uint32_t kAssetBit = 0x80000000U;

// Steps of an `advance` in slices: when a boundary was passed (a small store is done with that), else.
constexpr std::size_t kStepsOfJump = 2000;
constexpr std::size_t kSteps = 16;
// Adverts that queued are stamped a little before the last tick: no reason to go back over a boundary.
constexpr seconds kStepBack{2};

using Beacons = std::span<const decode::Beacon>;

// What an asset known by its address alone is said to be carried by: the advert's first beacon, else iBeacon.
BeaconKind carrier_of(Beacons beacons) {
  for (const decode::Beacon& beacon : beacons) {
    if (!std::holds_alternative<std::monostate>(beacon)) return decode::kind_of(beacon);
  }
  return BeaconKind::ibeacon;
}

}  // namespace

struct Resolver::Impl {
  explicit Impl(ResolverOptions given)
      : options(given), customers(tokens, given.allow_static ? &statics : nullptr), assets(given.rpa_cache_entries) {}

  // Up to `steps` of what is due.
  void work(std::size_t steps);
  // Where nothing is left for later.
  void finish() {
    if (!options.in_slices) work(kNone);
  }
  [[nodiscard]] bool behind() const { return customers.behind() || tokens.behind(); }
  // Consents that are due and not yet worked on do not serve.
  [[nodiscard]] bool may_resolve(std::uint32_t customer, UnixTime now) const;

  void claim_static(std::uint32_t asset, bool claim);
  void erase_asset(std::uint32_t slot);
  Resolution resolve(Beacons beacons, const Address& address, UnixTime now);
  Resolution by_token(Beacons beacons, UnixTime at);
  Resolution by_static_id(Beacons beacons, UnixTime now) const;
  Resolution by_rotating_asset(Beacons beacons, const Address& address);
  [[nodiscard]] Resolution asset_found(std::uint32_t slot, Assurance assurance, BeaconKind carrier) const;

  ResolverOptions options;
  TokenDirectory tokens;
  StaticIds statics;
  CustomerDirectory customers;
  AssetDirectory assets;
  bool customers_usable = true;
  std::optional<UnixTime> last;    // advanced to
  std::vector<std::string> ended;  // consents, not yet told
  std::uint64_t replays = 0;
  std::uint64_t ambiguous = 0;
  std::uint64_t rolls = 0;
};

void Resolver::Impl::work(std::size_t steps) {
  const std::size_t done = customers.work(steps, ended);
  if (done < steps) tokens.work(steps == kNone ? kNone : steps - done);
}

bool Resolver::Impl::may_resolve(std::uint32_t customer, UnixTime at) const {
  if (!customers.behind()) return true;
  const auto consent = customers[customer].proximity();
  return !customers.sweeping() && consent && consent->current(at);
}

void Resolver::Impl::claim_static(std::uint32_t asset, bool claim) {
  if (!assets[asset].static_id) return;
  const StaticKey key = static_key(*assets[asset].static_id);
  if (claim) {
    statics.claim(key, asset | kAssetBit);
  } else {
    statics.release(key, asset | kAssetBit);
  }
}

void Resolver::Impl::erase_asset(std::uint32_t slot) {
  claim_static(slot, false);
  assets.erase(slot);
}

// A refused token ends it: an advert that replays a token, or bears a contested one, names no customer by other means.
Resolution Resolver::Impl::resolve(Beacons beacons, const Address& address, UnixTime now) {
  if (customers_usable) {
    const Resolution token = by_token(beacons, now);
    if (token.outcome != Outcome::unresolved) return token;
  }
  const Resolution fixed = by_static_id(beacons, now);
  if (fixed.outcome == Outcome::customer) return fixed;
  const Resolution rotating = by_rotating_asset(beacons, address);
  if (rotating.outcome == Outcome::asset) return rotating;
  return fixed.outcome == Outcome::unresolved ? rotating : fixed;
}

Resolution Resolver::Impl::by_token(Beacons beacons, UnixTime at) {
  const std::uint32_t now = token_interval(at);
  TokenHit best;
  bool contested = false;
  bool replayed = false;
  for (const decode::Beacon& beacon : beacons) {
    const auto* token = std::get_if<decode::AisleToken>(&beacon);
    if (token == nullptr || token->version != kTokenVersion) continue;
    const TokenHit hit = tokens.find(token->rpi);
    if (hit.kind == TokenHit::Kind::none) continue;
    // Only a caller that did not advance to `now` can meet another interval.
    if (hit.interval + std::uint64_t{1} < now || hit.interval > now + std::uint64_t{1}) continue;
    if (hit.kind == TokenHit::Kind::ambiguous) {
      contested = true;
    } else if (hit.interval < tokens.device(hit.device).newest_heard) {
      replayed = true;
    } else if (best.kind == TokenHit::Kind::none || hit.interval > best.interval) {
      best = hit;
    }
  }
  Resolution result;
  if (best.kind == TokenHit::Kind::one && !may_resolve(tokens.device(best.device).owner, at)) return result;
  if (best.kind == TokenHit::Kind::one) {
    tokens.heard(best.device, best.interval);
    const DeviceState& device = tokens.device(best.device);
    result.outcome = Outcome::customer;
    result.customer = &customers[device.owner];
    result.assurance = Assurance::rotating;
    result.carrier = BeaconKind::aisle_token;
    result.tx_offset_db = device.tx_offset_db;
    result.ordinal = device.ordinal;
    result.interval = best.interval;
  } else if (contested) {
    result.outcome = Outcome::refused_ambiguous;
  } else if (replayed) {
    result.outcome = Outcome::refused_replay;
  }
  return result;
}

// A customer before an asset, an asset before a refusal.
Resolution Resolver::Impl::by_static_id(Beacons beacons, UnixTime now) const {
  Resolution result;
  if (statics.empty()) return result;
  for (const decode::Beacon& beacon : beacons) {
    const auto key = static_key(beacon);
    const std::uint32_t claimant = key ? statics.find(*key) : kNone;
    if (claimant == kNone) continue;
    if (claimant == StaticIds::kContested) {
      if (result.outcome == Outcome::unresolved) result.outcome = Outcome::refused_ambiguous;
    } else if ((claimant & kAssetBit) != 0) {
      if (result.outcome != Outcome::asset) {
        result = asset_found(claimant & ~kAssetBit, Assurance::static_id, decode::kind_of(beacon));
      }
    } else if (customers_usable && may_resolve(claimant, now)) {
      result = Resolution{};
      result.outcome = Outcome::customer;
      result.customer = &customers[claimant];
      result.carrier = decode::kind_of(beacon);
      return result;
    }
  }
  return result;
}

Resolution Resolver::Impl::by_rotating_asset(Beacons beacons, const Address& address) {
  Resolution result;
  for (const decode::Beacon& beacon : beacons) {
    const auto* frame = std::get_if<decode::EddystoneEid>(&beacon);
    if (frame == nullptr) continue;
    Eid eid;
    std::ranges::copy(frame->eid, eid.begin());
    const std::uint32_t slot = assets.find_eid(eid);
    if (slot == AssetDirectory::kContested) {
      result.outcome = Outcome::refused_ambiguous;
    } else if (slot != kNone) {
      return asset_found(slot, Assurance::rotating, BeaconKind::eddystone_eid);
    }
  }
  const std::uint32_t slot = assets.find_address(address);
  if (slot == AssetDirectory::kContested) {
    result.outcome = Outcome::refused_ambiguous;
  } else if (slot != kNone) {
    return asset_found(slot, Assurance::rotating, carrier_of(beacons));
  }
  return result;
}

Resolution Resolver::Impl::asset_found(std::uint32_t slot, Assurance assurance, BeaconKind carrier) const {
  Resolution result;
  result.outcome = Outcome::asset;
  result.asset = &assets[slot];
  result.assurance = assurance;
  result.carrier = carrier;
  return result;
}

Resolver::Resolver(ResolverOptions options) : impl_(std::make_unique<Impl>(options)) {}
Resolver::~Resolver() = default;
Resolver::Resolver(Resolver&&) noexcept = default;
Resolver& Resolver::operator=(Resolver&&) noexcept = default;

void Resolver::upsert_customer(const Customer& customer) {
  impl_->customers.upsert(customer);
}
bool Resolver::erase_customer(std::string_view id) {
  return impl_->customers.erase(id);
}
const PackedCustomer* Resolver::find_customer(std::string_view id) const {
  return impl_->customers.find(id);
}
void Resolver::clear_customers() {
  impl_->customers.clear();
  impl_->finish();
}
void Resolver::set_customers_usable(bool usable) {
  impl_->customers_usable = usable;
}

void Resolver::add_key(const DayKey& key) {
  impl_->tokens.add_key(key);
}
void Resolver::erase_keys(std::int32_t day, std::optional<std::uint32_t> ordinal) {
  impl_->tokens.erase_keys(day, ordinal);
  impl_->finish();
}
void Resolver::clear_keys() {
  impl_->tokens.clear_keys();
  impl_->finish();
}
void Resolver::drop_keys_before(std::int32_t day) {
  impl_->tokens.drop_keys_before(day);
  impl_->finish();
}

void Resolver::upsert_asset(Asset asset) {
  erase_asset(asset.id);
  impl_->claim_static(impl_->assets.add(std::move(asset)), true);
}

bool Resolver::erase_asset(std::string_view id) {
  const std::uint32_t slot = impl_->assets.find(id);
  if (slot == kNone) return false;
  impl_->erase_asset(slot);
  return true;
}

void Resolver::clear_assets() {
  for (std::uint32_t slot = 0; slot < impl_->assets.slots(); ++slot) {
    if (impl_->assets.used(slot)) impl_->claim_static(slot, false);
  }
  impl_->assets.clear();
}

std::vector<std::string> Resolver::advance(UnixTime now) {
  Impl& impl = *impl_;
  if (impl.options.in_slices && impl.last && now < *impl.last && *impl.last - now < kStepBack) now = *impl.last;
  impl.last = now;
  bool jump = impl.customers.advance(now);
  if (impl.tokens.roll(token_interval(now))) {
    ++impl.rolls;
    jump = true;
  }
  if (impl.behind()) impl.work(!impl.options.in_slices ? kNone : jump ? kStepsOfJump : kSteps);
  impl.assets.advance(now);
  return std::exchange(impl.ended, {});
}

std::optional<UnixTime> Resolver::next_consent_change() const {
  return impl_->customers.behind() ? std::nullopt : impl_->customers.next_change();
}

bool Resolver::prepare(std::size_t steps) {
  if (!impl_->behind()) return impl_->tokens.prepare(steps);
  impl_->work(steps);
  return true;
}

bool Resolver::behind() const {
  return impl_->behind();
}

Resolution Resolver::resolve(const decode::Decoded& decoded, const Address& address, UnixTime now) {
  const Beacons beacons(decoded.beacons.data(), std::min<std::size_t>(decoded.count, decode::kMaxBeacons));
  const Resolution result = impl_->resolve(beacons, address, now);
  if (result.outcome == Outcome::refused_replay) ++impl_->replays;
  if (result.outcome == Outcome::refused_ambiguous) ++impl_->ambiguous;
  return result;
}

ResolverStats Resolver::stats() const {
  ResolverStats stats;
  stats.customers = impl_->customers.enrolled();
  stats.without_consent = impl_->customers.size() - stats.customers;
  stats.keys = impl_->tokens.keys();
  stats.tokens_ready = impl_->tokens.tokens_ready();
  stats.assets = impl_->assets.size();
  stats.replays = impl_->replays;
  stats.ambiguous = impl_->ambiguous;
  stats.rpa_tried = impl_->assets.rpa_tried();
  stats.rpa_cached = impl_->assets.rpa_cached();
  stats.rolls = impl_->rolls;
  stats.bytes =
      sizeof(Impl) + impl_->tokens.bytes() + impl_->statics.bytes() + impl_->customers.bytes() + impl_->assets.bytes();
  return stats;
}

}  // namespace aisle::identity
