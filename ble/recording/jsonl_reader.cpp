// JSON lines: {"t":unix_seconds,"rx":"gateway id"?,"addr":"aa:bb:cc:dd:ee:ff","addr_type":"public"|"random",
// "rssi":-61,"data":"hex of the AD structures"} and {"t","rx","state":"down"|"up"}. Other members are ignored.
#include <nlohmann/json.hpp>

#include "ble/recording/readers.hpp"

namespace aisle::recording {
namespace {

using nlohmann::json;

// Four times the longest line that can be an advert (1650 bytes as hex and under 300 characters around them).
constexpr std::size_t kMaxLine = std::size_t{16} * 1024;

const std::string* text_member(const json& line, const char* name) {
  const auto it = line.find(name);
  return it == line.end() ? nullptr : it->get_ptr<const std::string*>();
}

Result<UnixTime> read_time(const json& line) {
  const auto it = line.find("t");
  if (it == line.end() || !it->is_number()) return fail("\"t\" (unix seconds) is missing or no number");
  const auto value = it->get<double>();
  if (!(value >= 0 && value <= static_cast<double>(kLatestUnixSeconds)))
    return fail("\"t\" is not within 0 to {} unix seconds", kLatestUnixSeconds);
  return unix_time_from_seconds(value);
}

Result<GatewayId> read_receiver(const json& line) {
  const auto it = line.find("rx");
  if (it == line.end()) return GatewayId{};
  const std::string* text = it->get_ptr<const std::string*>();
  if (text == nullptr || (!text->empty() && !is_site_id(*text))) return fail("\"rx\" is no gateway id");
  return GatewayId{*text};
}

Result<Address> read_address(const json& line) {
  const std::string* text = text_member(line, "addr");
  const std::string* type = text_member(line, "addr_type");
  if (text == nullptr || text->size() != 17) return fail("\"addr\" is not of the form aa:bb:cc:dd:ee:ff");
  if (type == nullptr || (*type != "public" && *type != "random"))
    return fail("\"addr_type\" is neither \"public\" nor \"random\"");
  std::string digits;
  for (std::size_t i = 0; i < text->size(); ++i) {
    if (i % 3 != 2) digits.push_back((*text)[i]);
    if (i % 3 == 2 && (*text)[i] != ':') return fail("\"addr\" is not of the form aa:bb:cc:dd:ee:ff");
  }
  const auto bytes = from_hex_fixed<6>(digits);
  if (!bytes) return fail("\"addr\" is not of the form aa:bb:cc:dd:ee:ff");
  Address address;
  for (std::size_t i = 0; i < 6; ++i) address.bytes[i] = std::to_integer<std::uint8_t>((*bytes)[i]);
  address.random = *type == "random";
  return address;
}

Result<Dbm> read_rssi(const json& line) {
  const auto it = line.find("rssi");
  if (it == line.end() || !it->is_number_integer()) return fail("\"rssi\" is missing or no integer");
  const bool huge = it->is_number_unsigned() && it->get<std::uint64_t>() > 127;
  const auto value = huge ? 128 : it->get<std::int64_t>();
  if (value < -127 || value > 127) return fail("\"rssi\" is not within -127 to 127");
  return Dbm{static_cast<std::int8_t>(value)};
}

Result<Payload> read_data(const json& line) {
  const std::string* text = text_member(line, "data");
  if (text == nullptr) return fail("\"data\" (hex) is missing or no text");
  if (text->size() > 2 * kMaxAdvertData) return fail("\"data\" is longer than {} bytes", kMaxAdvertData);
  const auto bytes = from_hex(*text);
  if (!bytes) return tl::unexpected(bytes.error().within("\"data\""));
  return Payload(*bytes);
}

class JsonlReader final : public RecordingReader {
 public:
  explicit JsonlReader(std::unique_ptr<Input> input) : input_(std::move(input)) {}

  SourceItem next() override {
    while (!ended_) {
      const Input::Line line = input_->read_line(text_, kMaxLine);
      if (!line.any) {
        end(input_->error());
        break;
      }
      ++line_number_;
      if (line_number_ == 1 && text_.starts_with("\xEF\xBB\xBF")) text_.erase(0, 3);  // byte order mark
      if (text_.find_first_not_of(" \t\r") == std::string::npos && !line.cut) continue;
      ++stats_.records;
      auto item = line.cut ? fail("longer than {} characters", kMaxLine) : read_item(line.ended);
      if (item) return std::move(*item);
      ++stats_.skipped;
      if (stats_.first_problem.empty())
        stats_.first_problem = fmt::format("line {}: {}", line_number_, item.error().message());
    }
    return SourceEnd{error_};
  }

  [[nodiscard]] const RecordingStats& stats() const override { return stats_; }

 private:
  Result<SourceItem> read_item(bool newline_followed) {
    const json line = json::parse(text_, nullptr, /*allow_exceptions=*/false);
    if (line.is_discarded()) {
      if (!newline_followed && text_.starts_with('{') && !text_.ends_with('}'))
        end(fmt::format("line {}: the file ends inside it", line_number_));
      return fail("not JSON");
    }
    if (!line.is_object()) return fail("not a JSON object");
    const auto time = read_time(line);
    if (!time) return tl::unexpected(time.error());
    const auto receiver = read_receiver(line);
    if (!receiver) return tl::unexpected(receiver.error());
    return line.contains("state") ? read_state(line, *time, *receiver) : read_advert(line, *time, *receiver);
  }

  Result<SourceItem> read_state(const json& line, UnixTime time, const GatewayId& receiver) {
    const std::string* state = text_member(line, "state");
    if (state == nullptr || (*state != "up" && *state != "down"))
      return fail("\"state\" is neither \"up\" nor \"down\"");
    return ReceiverState{stamps_.stamp(time, stats_), receiver, *state == "up", {}};
  }

  Result<SourceItem> read_advert(const json& line, UnixTime time, const GatewayId& receiver) {
    const auto address = read_address(line);
    if (!address) return tl::unexpected(address.error());
    const auto rssi = read_rssi(line);
    if (!rssi) return tl::unexpected(rssi.error());
    auto payload = read_data(line);
    if (!payload) return tl::unexpected(payload.error());
    ++stats_.adverts;
    return Advert{stamps_.stamp(time, stats_), receiver, *address, *rssi, std::move(*payload), SteadyTime{}};
  }

  void end(const std::string& error) {
    ended_ = true;
    error_ = error;
    stats_.truncated = !error.empty();
  }

  std::unique_ptr<Input> input_;
  StampKeeper stamps_;
  std::string text_;
  std::uint64_t line_number_ = 0;
  bool ended_ = false;
  std::string error_;
  RecordingStats stats_;
};

}  // namespace

std::unique_ptr<RecordingReader> make_jsonl_reader(std::unique_ptr<Input> input) {
  return std::make_unique<JsonlReader>(std::move(input));
}

}  // namespace aisle::recording
