// pcapng (draft-ietf-opsawg-pcapng): blocks of type, total length, body, total length (32 bits each). Read are section
// headers (byte order), interface descriptions (link type, time resolution) and enhanced and simple packets.
#include <algorithm>
#include <string>
#include <vector>

#include "ble/hci_reports/byte_cursor.hpp"
#include "ble/recording/formats.hpp"

namespace aisle::recording {
namespace {

constexpr std::uint32_t kSectionHeader = 0x0A0D0D0A;
constexpr std::uint32_t kInterface = 1;
constexpr std::uint32_t kSimplePacket = 3;
constexpr std::uint32_t kEnhancedPacket = 6;
constexpr std::uint32_t kByteOrderMagic = 0x1A2B3C4D;
constexpr std::size_t kBlockFrame = 12;
constexpr std::size_t kMaxInterfaces = 1024;

constexpr unsigned kOptionEnd = 0;
constexpr unsigned kOptionResolution = 9;   // of an interface
constexpr unsigned kOptionTimeOffset = 14;  // of an interface, seconds

struct Interface {
  std::uint32_t number = 0;
  std::optional<LinkType> link;
  std::uint32_t snap_length = 0;
  std::uint8_t resolution = 6;  // negative power of 10, or with the top bit set of 2
  std::int64_t offset = 0;      // seconds
};

std::uint64_t power_of_ten(unsigned exponent) {
  std::uint64_t value = 1;
  for (unsigned i = 0; i < exponent; ++i) value *= 10;
  return value;
}

// Microseconds since 1970; empty when out of range.
std::optional<UnixTime> time_of(const Interface& interface, std::uint64_t ticks) {
  const unsigned exponent = interface.resolution & 0x7FU;
  std::uint64_t whole = 0;
  double fraction = 0;
  if ((interface.resolution & 0x80U) != 0) {
    if (exponent > 63) return std::nullopt;
    whole = ticks >> exponent;
    const std::uint64_t unit = std::uint64_t{1} << exponent;
    fraction = static_cast<double>(ticks & (unit - 1)) / static_cast<double>(unit);
  } else {
    if (exponent > 19) return std::nullopt;
    const std::uint64_t unit = power_of_ten(exponent);
    whole = ticks / unit;
    const std::uint64_t rest = ticks % unit;
    fraction = static_cast<double>(rest) / static_cast<double>(unit);
  }
  constexpr std::int64_t kLimit = 2 * kLatestUnixSeconds;
  if (whole > static_cast<std::uint64_t>(kLimit) || interface.offset > kLimit || interface.offset < -kLimit)
    return std::nullopt;
  // Half a nanosecond makes up for a fraction that has no exact binary form.
  const auto micros = static_cast<std::int64_t>(fraction * 1e6 + 0.0005);
  return checked_time((static_cast<std::int64_t>(whole) + interface.offset) * 1'000'000 + micros);
}

// Calls `each(code, value)` for the options until their end.
template <class Each>
void for_each_option(ByteCursor cursor, ByteOrder order, Each each) {
  while (cursor.remaining() >= 4) {
    const unsigned code = cursor.u16(order);
    const std::size_t length = cursor.u16(order);
    const ByteSpan value = cursor.take(length);
    if (!cursor.ok() || code == kOptionEnd) return;
    each(code, value);
    cursor.skip(std::min((4 - length % 4) % 4, cursor.remaining()));
  }
}

class PcapngReader final : public PacketReader {
 public:
  explicit PcapngReader(std::unique_ptr<Input> input) : input_(std::move(input)) {}

  Result<bool> next(Packet& packet) override {
    if (have_first_) {
      have_first_ = false;
      std::swap(packet, first_);
      return true;
    }
    if (failure_) return tl::unexpected(*failure_);
    for (;;) {
      auto block = read_block();
      if (!block) return tl::unexpected(block.error());
      if (!*block) return false;
      if (take_packet(packet)) return true;
    }
  }

  // Reads up to the first packet that can be used. Error: no header, or packets only of interfaces that cannot be used.
  Status find_first() {
    auto block = read_block();
    if (!block) return tl::unexpected(block.error().within("pcapng"));
    for (;;) {
      if (is_packet() && !usable_interface()) return unsupported();
      if (take_packet(first_)) {
        have_first_ = true;
        return {};
      }
      block = read_block();
      if (block && *block) continue;
      if (!block) failure_ = block.error();
      return interfaces_.empty() || usable_interface() ? Status{} : unsupported();
    }
  }

 private:
  [[nodiscard]] bool is_packet() const { return type_ == kEnhancedPacket || type_ == kSimplePacket; }

  [[nodiscard]] bool usable_interface() const {
    return std::any_of(interfaces_.begin(), interfaces_.end(), [](const Interface& i) { return i.link.has_value(); });
  }

  [[nodiscard]] Status unsupported() const {
    if (interfaces_.empty()) return fail("pcapng: a packet before any interface description");
    std::string seen;
    for (const Interface& interface : interfaces_) {
      const std::string text = describe_pcap_link(interface.number);
      if (seen.find(text) != std::string::npos) continue;
      if (seen.size() > 100) break;
      seen += (seen.empty() ? "" : ", ") + text;
    }
    return fail("pcapng: link type {} carries no Bluetooth advertisements; supported are {}", seen,
                supported_pcap_links());
  }

  // Reads one block to `type_` and `body_` and takes in what describes the others. False: the file ended.
  Result<bool> read_block() {
    if (input_->at_end()) return false;
    const ByteSpan head = input_->peek(12);
    if (head.size() < 12) return fail("the file ends inside a block's header");
    ByteCursor cursor(head);
    type_ = cursor.u32(order_);
    if (type_ == kSectionHeader) {  // reads the same in both orders
      const bool big = ByteCursor(head.subspan(8)).u32(ByteOrder::big) == kByteOrderMagic;
      order_ = big ? ByteOrder::big : ByteOrder::little;
      if (ByteCursor(head.subspan(8)).u32(order_) != kByteOrderMagic) return fail("a section without byte-order magic");
    }
    const std::uint32_t length = cursor.u32(order_);
    if (length < kBlockFrame || length % 4 != 0) return fail("a block says it is {} bytes long", length);
    Bytes frame;
    if (!input_->read(8, frame, 8) || !input_->read(length - kBlockFrame, body_, kMaxPacket) ||
        !input_->read(4, frame, 4))
      return fail("the file ends inside a block");
    if (type_ == kSectionHeader) interfaces_.clear();
    if (type_ == kInterface) add_interface();
    return true;
  }

  void add_interface() {
    ByteCursor cursor(body_);
    Interface interface;
    interface.number = cursor.u16(order_);
    cursor.skip(2);
    interface.snap_length = cursor.u32(order_);
    if (!cursor.ok() || interfaces_.size() >= kMaxInterfaces) return;
    interface.link = link_of_pcap(interface.number);
    for_each_option(cursor, order_, [&](unsigned code, ByteSpan value) {
      if (code == kOptionResolution && value.size() == 1) interface.resolution = ByteCursor(value).u8();
      if (code == kOptionTimeOffset && value.size() == 8)
        interface.offset = static_cast<std::int64_t>(ByteCursor(value).u64(order_));
    });
    interfaces_.push_back(interface);
  }

  // True: the block read last is a packet of a usable interface.
  bool take_packet(Packet& packet) {
    if (type_ == kEnhancedPacket) return take_enhanced(packet);
    return type_ == kSimplePacket && take_simple(packet);
  }

  bool take_enhanced(Packet& packet) {
    ByteCursor cursor(body_);
    const std::uint32_t index = cursor.u32(order_);
    const std::uint64_t high = cursor.u32(order_);
    const std::uint64_t low = cursor.u32(order_);
    const std::size_t captured = cursor.u32(order_);
    cursor.skip(4);
    if (!cursor.ok() || index >= interfaces_.size() || !interfaces_[index].link) return false;
    const ByteSpan data = cursor.take(std::min(captured, cursor.remaining()));
    fill(packet, interfaces_[index], data);
    packet.at = time_of(interfaces_[index], (high << 32U) | low);
    if (packet.at) last_ = *packet.at;
    return true;
  }

  // Of the first interface, and without a time: it happened no earlier than the packet before it.
  bool take_simple(Packet& packet) {
    ByteCursor cursor(body_);
    std::size_t length = cursor.u32(order_);
    if (!cursor.ok() || interfaces_.empty() || !interfaces_[0].link) return false;
    if (interfaces_[0].snap_length != 0) length = std::min<std::size_t>(length, interfaces_[0].snap_length);
    fill(packet, interfaces_[0], cursor.take(std::min(length, cursor.remaining())));
    packet.at = last_;
    return true;
  }

  static void fill(Packet& packet, const Interface& interface, ByteSpan data) {
    packet.link = *interface.link;
    packet.flags = 0;
    packet.data.assign(data.begin(), data.end());
  }

  std::unique_ptr<Input> input_;
  ByteOrder order_ = ByteOrder::little;
  std::uint32_t type_ = 0;
  Bytes body_;
  std::vector<Interface> interfaces_;
  UnixTime last_{};
  Packet first_;
  bool have_first_ = false;
  std::optional<Error> failure_;  // met while looking for the first packet; told after what came before it
};

}  // namespace

bool is_pcapng(ByteSpan head) {
  return ByteCursor(head).u32(ByteOrder::big) == kSectionHeader;
}

Result<std::unique_ptr<PacketReader>> open_pcapng(std::unique_ptr<Input> input) {
  auto reader = std::make_unique<PcapngReader>(std::move(input));
  if (auto found = reader->find_first(); !found) return tl::unexpected(found.error());
  return reader;
}

}  // namespace aisle::recording
