#include "ble/recording/jsonl_writer.hpp"

namespace aisle::recording {
namespace {

// Unix seconds with microseconds, without the detour over a double. `time` is not before 1970.
std::string seconds_text(UnixTime time) {
  const auto micros = time.time_since_epoch().count();
  return fmt::format("{}.{:06}", micros / 1'000'000, micros % 1'000'000);
}

std::string address_text(const Address& address) {
  const auto& b = address.bytes;
  return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", b[0], b[1], b[2], b[3], b[4], b[5]);
}

}  // namespace

std::string jsonl_line(const SourceItem& item) {
  if (const auto* advert = std::get_if<Advert>(&item)) {
    const std::string rx =
        advert->receiver.empty() ? std::string{} : fmt::format("\"rx\":\"{}\",", advert->receiver.view());
    return fmt::format("{{\"t\":{},{}\"addr\":\"{}\",\"addr_type\":\"{}\",\"rssi\":{},\"data\":\"{}\"}}\n",
                       seconds_text(advert->at.wall), rx, address_text(advert->address),
                       advert->address.random ? "random" : "public", static_cast<int>(advert->rssi.value),
                       to_hex(advert->payload.view()));
  }
  if (const auto* state = std::get_if<ReceiverState>(&item))
    return fmt::format("{{\"t\":{},\"rx\":\"{}\",\"state\":\"{}\"}}\n", seconds_text(state->at.wall),
                       state->receiver.view(), state->up ? "up" : "down");
  return {};
}

Result<std::uint64_t> write_jsonl(ItemReader& reader, std::ostream& out) {
  std::uint64_t lines = 0;
  for (;;) {
    const SourceItem item = reader.next();
    if (const auto* end = std::get_if<SourceEnd>(&item)) {
      out.flush();
      if (!end->error.empty()) return fail("{}", end->error);
      if (!out) return fail("the lines could not be written");
      return lines;
    }
    const std::string line = jsonl_line(item);
    if (line.empty()) continue;
    out << line;
    if (!out) return fail("the lines could not be written");
    ++lines;
  }
}

}  // namespace aisle::recording
