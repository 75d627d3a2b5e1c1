#include "agent/model/ids.hpp"

#include "agent/base/hex.hpp"
#include "agent/base/sha256.hpp"

namespace aisle {

bool is_site_id(std::string_view text) {
  const auto alnum = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (text.empty() || text.size() > 32 || !alnum(text.front())) return false;
  return std::ranges::all_of(text, [&](char c) { return alnum(c) || c == '-'; });
}

std::string customer_digest(std::string_view customer) {
  std::string text = "AISLE-CUSTOMER";
  text.push_back('\0');
  text.append(customer);
  return to_hex(ByteSpan(sha256(text)).first(16));
}

std::string_view to_string(Assurance assurance) {
  static constexpr std::array<std::string_view, 3> kNames = {"static", "rotating", "challenge"};
  return kNames.at(static_cast<std::size_t>(assurance));
}

std::string_view to_string(Confidence confidence) {
  static constexpr std::array<std::string_view, 3> kNames = {"low", "medium", "high"};
  return kNames.at(static_cast<std::size_t>(confidence));
}

std::string_view to_string(BeaconKind kind) {
  static constexpr std::array<std::string_view, kBeaconKinds> kNames = {
      "ibeacon",       "altbeacon",   "eddystone_uid",  "eddystone_url", "eddystone_tlm",
      "eddystone_eid", "aisle_token", "apple_overflow", "bthome"};
  return kNames.at(static_cast<std::size_t>(kind));
}

}  // namespace aisle
