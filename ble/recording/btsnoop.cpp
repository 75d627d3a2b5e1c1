// btsnoop: "btsnoop\0", version 1, datalink; then records of original length, included length, flags, drops (32 bits
// each), time (64 bits, microseconds since the year 0) and data. All big-endian.
#include <algorithm>
#include <array>

#include "ble/hci_reports/byte_cursor.hpp"
#include "ble/recording/formats.hpp"

namespace aisle::recording {
namespace {

constexpr std::array kMagic = {std::byte{'b'}, std::byte{'t'}, std::byte{'s'}, std::byte{'n'},
                               std::byte{'o'}, std::byte{'o'}, std::byte{'p'}, std::byte{0}};
constexpr std::size_t kHeader = 16;
constexpr std::size_t kRecordHeader = 24;
constexpr std::uint64_t kUnixEpoch = 0x00DCDDB30F2F8000;  // 1970 in microseconds since the year 0

std::optional<LinkType> link_of_btsnoop(std::uint32_t datalink) {
  switch (datalink) {
    case 1001:
      return LinkType::hci_h1;
    case 1002:
      return LinkType::hci_h4;
    case 2001:
      return LinkType::hci_monitor;
    default:
      return std::nullopt;
  }
}

class BtsnoopReader final : public PacketReader {
 public:
  BtsnoopReader(std::unique_ptr<Input> input, LinkType link) : input_(std::move(input)), link_(link) {}

  Result<bool> next(Packet& packet) override {
    if (input_->at_end()) return false;
    if (!input_->read(kRecordHeader, header_, kRecordHeader)) return fail("the file ends inside a record's header");
    ByteCursor cursor(header_);
    cursor.skip(4);
    const std::uint32_t included = cursor.u32(ByteOrder::big);
    packet.flags = cursor.u32(ByteOrder::big);
    cursor.skip(4);
    const std::uint64_t time = cursor.u64(ByteOrder::big);
    packet.link = link_;
    packet.at.reset();
    if (time >= kUnixEpoch && time - kUnixEpoch <= INT64_MAX)
      packet.at = checked_time(static_cast<std::int64_t>(time - kUnixEpoch));
    if (!input_->read(included, packet.data, kMaxPacket)) return fail("the file ends inside a record");
    return true;
  }

 private:
  std::unique_ptr<Input> input_;
  LinkType link_;
  Bytes header_;
};

}  // namespace

bool is_btsnoop(ByteSpan head) {
  return head.size() >= kMagic.size() && std::equal(kMagic.begin(), kMagic.end(), head.begin());
}

Result<std::unique_ptr<PacketReader>> open_btsnoop(std::unique_ptr<Input> input) {
  Bytes header;
  if (!input->read(kHeader, header, kHeader)) return fail("btsnoop: the file ends inside its header");
  ByteCursor cursor(header);
  cursor.skip(kMagic.size());
  const std::uint32_t version = cursor.u32(ByteOrder::big);
  const std::uint32_t datalink = cursor.u32(ByteOrder::big);
  if (version != 1) return fail("btsnoop: version 1 expected, not {}", version);
  const auto link = link_of_btsnoop(datalink);
  if (!link)
    return fail(
        "btsnoop: datalink {} is not supported; supported are 1001 (HCI), 1002 (HCI UART, H4) and 2001 (Linux "
        "monitor)",
        datalink);
  return std::make_unique<BtsnoopReader>(std::move(input), *link);
}

}  // namespace aisle::recording
