// pcap: magic, version, zone, accuracy, snap length, link type (24 bytes); then records of seconds, fraction, included
// length, original length (32 bits each) and data. The magic tells the byte order and the unit of the fraction.
#include "ble/hci_reports/byte_cursor.hpp"
#include "ble/recording/formats.hpp"

namespace aisle::recording {
namespace {

constexpr std::uint32_t kMicroMagic = 0xA1B2C3D4;
constexpr std::uint32_t kNanoMagic = 0xA1B23C4D;
constexpr std::size_t kHeader = 24;
constexpr std::size_t kRecordHeader = 16;

struct Layout {
  ByteOrder order;
  bool nanoseconds;
};

std::optional<Layout> layout_of(ByteSpan head) {
  for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
    const std::uint32_t magic = ByteCursor(head).u32(order);
    if (magic == kMicroMagic) return Layout{order, false};
    if (magic == kNanoMagic) return Layout{order, true};
  }
  return std::nullopt;
}

class PcapReader final : public PacketReader {
 public:
  PcapReader(std::unique_ptr<Input> input, Layout layout, LinkType link)
      : input_(std::move(input)), layout_(layout), link_(link) {}

  Result<bool> next(Packet& packet) override {
    if (input_->at_end()) return false;
    if (!input_->read(kRecordHeader, header_, kRecordHeader)) return fail("the file ends inside a record's header");
    ByteCursor cursor(header_);
    const std::int64_t whole = cursor.u32(layout_.order);
    const std::int64_t fraction = cursor.u32(layout_.order);
    const std::uint32_t included = cursor.u32(layout_.order);
    packet.link = link_;
    packet.flags = 0;
    packet.at = checked_time(whole * 1'000'000 + (layout_.nanoseconds ? fraction / 1000 : fraction));
    if (!input_->read(included, packet.data, kMaxPacket)) return fail("the file ends inside a record");
    return true;
  }

 private:
  std::unique_ptr<Input> input_;
  Layout layout_;
  LinkType link_;
  Bytes header_;
};

}  // namespace

bool is_pcap(ByteSpan head) {
  return layout_of(head).has_value();
}

Result<std::unique_ptr<PacketReader>> open_pcap(std::unique_ptr<Input> input) {
  Bytes header;
  const bool whole = input->read(kHeader, header, kHeader);
  const auto layout = layout_of(header);
  if (!whole || !layout) return fail("pcap: the file ends inside its header");
  ByteCursor cursor(header);
  cursor.skip(kHeader - 4);
  const std::uint32_t number = cursor.u32(layout->order) & 0xFFFFU;  // above: the length of a frame check sequence
  const auto link = link_of_pcap(number);
  if (!link)
    return fail("pcap: link type {} carries no Bluetooth advertisements; supported are {}", describe_pcap_link(number),
                supported_pcap_links());
  return std::make_unique<PcapReader>(std::move(input), *layout, *link);
}

}  // namespace aisle::recording
