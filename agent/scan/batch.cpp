#include "agent/scan/batch.hpp"

#include <fmt/format.h>

namespace aisle::scan {
namespace {

constexpr std::size_t kFields = 6;

std::int64_t ticks(auto time) {
  return time.time_since_epoch().count();
}

Json heard_json(const Heard& heard) {
  return Json::array(
      {ticks(heard.at), heard.device, heard.kind, heard.receiver.view(), heard.rssi.value, heard.louder ? 1 : 0});
}

bool is_heard(const nlohmann::json& value) {
  return value.is_array() && value.size() == kFields && value[0].is_number_integer() && value[1].is_number_unsigned() &&
         value[2].is_string() && value[3].is_string() && value[4].is_number_integer() && value[5].is_number_integer();
}

Heard heard_of(const nlohmann::json& value) {
  Heard out;
  out.at = SteadyTime{Duration{value[0].get<std::int64_t>()}};
  out.device = value[1].get<std::uint32_t>();
  out.kind = value[2].get<std::string>();
  out.receiver = GatewayId(value[3].get_ref<const std::string&>());
  out.rssi = Dbm{value[4].get<std::int8_t>()};
  out.louder = value[5] != 0;
  return out;
}

}  // namespace

std::string alias_text(std::uint32_t device) {
  return fmt::format("d{}", device);
}

Json to_json(const Batch& batch) {
  Json adverts = Json::array();
  for (const auto& heard : batch.adverts) adverts.push_back(heard_json(heard));
  return {{"mono_us", ticks(batch.now.mono)},
          {"wall_us", ticks(batch.now.wall)},
          {"adverts", std::move(adverts)},
          {"dropped", batch.dropped},
          {"radio", batch.radio},
          {"ended", batch.ended}};
}

Result<Batch> batch_of(const nlohmann::json& value) {
  Batch out;
  const auto wrong = [] { return fail("the daemon's answer is not understood; is it of another version?"); };
  try {
    out.now.mono = SteadyTime{Duration{value.at("mono_us").get<std::int64_t>()}};
    out.now.wall = UnixTime{Duration{value.at("wall_us").get<std::int64_t>()}};
    out.dropped = value.at("dropped").get<std::uint64_t>();
    out.radio = value.at("radio").get<std::string>();
    out.ended = value.at("ended").get<bool>();
    for (const auto& heard : value.at("adverts")) {
      if (!is_heard(heard)) return wrong();
      out.adverts.push_back(heard_of(heard));
    }
  } catch (const nlohmann::json::exception&) {
    return wrong();
  }
  return out;
}

}  // namespace aisle::scan
