// libFuzzer target: any bytes as an advertising payload.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>
#include <span>

#include "ble/decode/decode.hpp"
#include "ble/decode/decode_json.hpp"

namespace {

// A broken promise ends the process, which is how libFuzzer hears of it.
void require(bool promise) {
  if (!promise) std::abort();
}

bool inside(std::span<const std::byte> part, std::span<const std::byte> payload) {
  const std::less_equal<> not_after;
  return part.empty() || (not_after(payload.data(), part.data()) &&
                          not_after(part.data() + part.size(), payload.data() + payload.size()));
}

void check_spans(const aisle::decode::Beacon& beacon, std::span<const std::byte> payload) {
  using namespace aisle::decode;
  if (const auto* ibeacon = std::get_if<IBeacon>(&beacon)) require(inside(ibeacon->uuid, payload));
  if (const auto* altbeacon = std::get_if<AltBeacon>(&beacon)) require(inside(altbeacon->id1, payload));
  if (const auto* uid = std::get_if<EddystoneUidFrame>(&beacon)) require(inside(uid->instance, payload));
  if (const auto* url = std::get_if<EddystoneUrl>(&beacon)) require(inside(url->encoded, payload));
  if (const auto* eid = std::get_if<EddystoneEid>(&beacon)) require(inside(eid->eid, payload));
  if (const auto* token = std::get_if<AisleToken>(&beacon)) require(inside(token->rpi, payload));
  if (const auto* overflow = std::get_if<AppleOverflow>(&beacon)) require(inside(overflow->mask, payload));
  if (const auto* sensor = std::get_if<BtHome>(&beacon)) require(inside(sensor->objects, payload));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto payload = std::as_bytes(std::span(data, size));
  aisle::decode::Decoded decoded;
  aisle::decode::decode(payload, decoded);
  for (const auto& beacon : decoded.found()) check_spans(beacon, payload);
  require(!decoded.malformed || decoded.error.offset < std::max<std::size_t>(size, 1));

  const auto json = nlohmann::json::parse(aisle::decode::decode_to_json(payload), nullptr, false);
  require(!json.is_discarded() && json.at("beacons").size() == decoded.found().size());
  require(json.at("error").is_null() != decoded.malformed);
  return 0;
}
