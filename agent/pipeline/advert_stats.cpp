#include "agent/pipeline/advert_stats.hpp"

namespace aisle::pipeline {

void AdvertStats::count_kind(const decode::Decoded& decoded) {
  ++adverts;
  if (decoded.malformed) {
    ++malformed;
  } else if (decoded.count == 0) {
    ++unknown;
  } else {
    ++by_kind[static_cast<std::size_t>(decode::kind_of(decoded.beacons[0]))];
  }
}

Json AdvertStats::to_json() const {
  Json kinds = Json::object();
  for (std::size_t i = 0; i < kBeaconKinds; ++i) kinds[std::string(to_string(static_cast<BeaconKind>(i)))] = by_kind[i];
  return {{"adverts", adverts},
          {"by_kind", kinds},
          {"unknown", unknown},
          {"malformed", malformed},
          {"resolved", resolved},
          {"refused", refused},
          {"unresolved", unresolved},
          {"refused_by", {{"replay", refused_replay}, {"ambiguous", refused_ambiguous}, {"rssi", refused_rssi}}}};
}

}  // namespace aisle::pipeline
