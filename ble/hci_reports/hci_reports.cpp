#include "ble/hci_reports/hci_reports.hpp"

#include <algorithm>

#include "ble/hci_reports/byte_cursor.hpp"

namespace aisle {
namespace {

constexpr std::uint8_t kLeMetaEvent = 0x3E;
constexpr std::uint8_t kLegacyReport = 0x02;
constexpr std::uint8_t kDirectedReport = 0x0B;
constexpr std::uint8_t kExtendedReport = 0x0D;
constexpr std::size_t kMaxLegacyData = 31;

// Extended event type: bit 3 scan response, bits 5 and 6 the data status.
constexpr unsigned kScanResponseBit = 0x08;
constexpr unsigned kStatusShift = 5;
enum class DataStatus : std::uint8_t { complete = 0, more_to_come = 1, truncated = 2, reserved = 3 };

// 0 and 2 are public (2: resolved identity), 0xFF anonymous, the others random.
bool is_random(std::uint8_t address_type) {
  return address_type != 0 && address_type != 2 && address_type != 0xFF;
}

// On the wire least significant byte first.
Address read_address(ByteCursor& cursor, std::uint8_t type) {
  Address address;
  const ByteSpan wire = cursor.take(address.bytes.size());
  std::transform(wire.rbegin(), wire.rend(), address.bytes.begin(),
                 [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
  address.random = is_random(type);
  return address;
}

}  // namespace

struct HciReports::Fragment {
  Address address;
  std::uint8_t address_type = 0;
  std::uint8_t set = 0;
  bool scan_response = false;
  DataStatus status = DataStatus::complete;
  Dbm rssi;
  ByteSpan data;
};

bool HciReports::parse(ByteSpan event, std::vector<AdvReport>& out) {
  ByteCursor cursor(event);
  const std::uint8_t code = cursor.u8();
  const std::size_t length = cursor.u8();
  if (!cursor.ok()) {
    ++stats_.malformed;
    return false;
  }
  if (code != kLeMetaEvent) return true;
  const bool whole = length <= cursor.remaining();
  ByteCursor parameters(cursor.take(std::min(length, cursor.remaining())));
  const std::uint8_t subevent = parameters.u8();
  bool good = whole && parameters.ok();
  if (subevent == kLegacyReport || subevent == kDirectedReport || subevent == kExtendedReport) {
    ++stats_.events;
    const ByteSpan reports = parameters.take_all();
    const bool parsed = subevent == kLegacyReport     ? legacy(reports, out)
                        : subevent == kDirectedReport ? directed(reports, out)
                                                      : extended(reports, out);
    good = good && parsed;
  }
  if (!good) ++stats_.malformed;
  return good;
}

// count | (event type, address type, address[6], data length, data, rssi) x count
bool HciReports::legacy(ByteSpan parameters, std::vector<AdvReport>& out) {
  ByteCursor cursor(parameters);
  const unsigned count = cursor.u8();
  for (unsigned i = 0; i < count; ++i) {
    cursor.skip(1);
    const std::uint8_t type = cursor.u8();
    const Address address = read_address(cursor, type);
    const std::size_t length = cursor.u8();
    const ByteSpan data = cursor.take(length);
    const Dbm rssi{cursor.i8()};
    if (!cursor.ok() || length > kMaxLegacyData) return false;
    deliver(address, rssi, data, out);
  }
  return cursor.ok() && count > 0;
}

// count | (event type, address type, address[6], direct address type, direct address[6], rssi) x count
bool HciReports::directed(ByteSpan parameters, std::vector<AdvReport>& out) {
  ByteCursor cursor(parameters);
  const unsigned count = cursor.u8();
  for (unsigned i = 0; i < count; ++i) {
    cursor.skip(1);
    const std::uint8_t type = cursor.u8();
    const Address address = read_address(cursor, type);
    cursor.skip(7);
    const Dbm rssi{cursor.i8()};
    if (!cursor.ok()) return false;
    deliver(address, rssi, {}, out);
  }
  return cursor.ok() && count > 0;
}

// count | (event type[2], address type, address[6], primary PHY, secondary PHY, SID, tx power, rssi, interval[2],
// direct address type, direct address[6], data length, data) x count
bool HciReports::extended(ByteSpan parameters, std::vector<AdvReport>& out) {
  ByteCursor cursor(parameters);
  const unsigned count = cursor.u8();
  for (unsigned i = 0; i < count; ++i) {
    Fragment fragment;
    const unsigned event_type = cursor.u16(ByteOrder::little);
    fragment.address_type = cursor.u8();
    fragment.address = read_address(cursor, fragment.address_type);
    cursor.skip(2);
    fragment.set = cursor.u8();
    cursor.skip(1);
    fragment.rssi = Dbm{cursor.i8()};
    cursor.skip(2 + 7);
    const std::size_t length = cursor.u8();
    fragment.data = cursor.take(length);
    if (!cursor.ok()) return false;
    fragment.scan_response = (event_type & kScanResponseBit) != 0;
    fragment.status = static_cast<DataStatus>((event_type >> kStatusShift) & 3U);
    add_fragment(fragment, out);
  }
  return cursor.ok() && count > 0;
}

void HciReports::add_fragment(const Fragment& fragment, std::vector<AdvReport>& out) {
  auto chain = std::find_if(chains_.begin(), chains_.end(), [&](const Chain& c) {
    return c.address == fragment.address && c.address_type == fragment.address_type && c.set == fragment.set &&
           c.scan_response == fragment.scan_response;
  });
  const bool ends = fragment.status != DataStatus::more_to_come;
  if (chain == chains_.end()) {
    if (ends) return deliver(fragment.address, fragment.rssi, fragment.data, out);
    if (chains_.size() == kMaxChains) {
      ++stats_.unfinished;
      deliver(chains_.front().address, chains_.front().rssi, chains_.front().data, out);
      chains_.erase(chains_.begin());
    }
    chains_.push_back({fragment.address, fragment.address_type, fragment.set, fragment.scan_response, {}, {}});
    chain = chains_.end() - 1;
  }
  const std::size_t room = kMaxAdvertData - chain->data.size();
  const ByteSpan kept = fragment.data.first(std::min(room, fragment.data.size()));
  chain->data.insert(chain->data.end(), kept.begin(), kept.end());
  chain->rssi = fragment.rssi;
  if (!ends) return;
  deliver(chain->address, chain->rssi, chain->data, out);
  chains_.erase(chain);
}

void HciReports::flush(std::vector<AdvReport>& out) {
  for (const Chain& chain : chains_) {
    ++stats_.unfinished;
    deliver(chain.address, chain.rssi, chain.data, out);
  }
  chains_.clear();
}

void HciReports::deliver(const Address& address, Dbm rssi, ByteSpan data, std::vector<AdvReport>& out) {
  ++stats_.reports;
  out.push_back({address, rssi, Payload(data)});
}

}  // namespace aisle
