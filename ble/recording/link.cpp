#include "ble/recording/link.hpp"

#include <array>

#include "ble/hci_reports/byte_cursor.hpp"
#include "ble/recording/link_layer.hpp"

namespace aisle::recording {
namespace {

constexpr std::uint8_t kH4Event = 0x04;
constexpr std::uint32_t kReceivedFlag = 1;        // btsnoop: controller to host
constexpr std::uint32_t kCommandOrEventFlag = 2;  // btsnoop: not data
constexpr std::uint32_t kMonitorEvent = 3;        // opcode of an event in the Linux monitor's format

struct LinkName {
  std::uint32_t number;
  std::string_view name;
};
constexpr std::array kOtherLinks = {LinkName{0, "NULL"},
                                    LinkName{1, "ETHERNET"},
                                    LinkName{101, "RAW"},
                                    LinkName{105, "IEEE802_11"},
                                    LinkName{113, "LINUX_SLL"},
                                    LinkName{127, "IEEE802_11_RADIOTAP"},
                                    LinkName{147, "USER0"},
                                    LinkName{161, "BLUETOOTH_HCI_H4 of an old kind"},
                                    LinkName{189, "USB_LINUX"},
                                    LinkName{195, "IEEE802_15_4_WITHFCS"},
                                    LinkName{220, "USB_LINUX_MMAPPED"},
                                    LinkName{249, "USBPCAP"},
                                    LinkName{255, "BLUETOOTH_BREDR_BB"},
                                    LinkName{276, "LINUX_SLL2"}};

// The HCI event within the packet; empty: something else. Events go to the host only, so a direction that a writer gave
// beside them tells nothing.
Result<ByteSpan> hci_event(const Packet& packet) {
  ByteCursor cursor(packet.data);
  switch (packet.link) {
    case LinkType::hci_h1: {
      const bool event = (packet.flags & kReceivedFlag) != 0 && (packet.flags & kCommandOrEventFlag) != 0;
      return event ? cursor.take_all() : ByteSpan{};
    }
    case LinkType::hci_monitor:
      return (packet.flags & 0xFFFFU) == kMonitorEvent ? cursor.take_all() : ByteSpan{};
    case LinkType::hci_monitor_hd: {
      cursor.skip(2);
      const unsigned opcode = cursor.u16(ByteOrder::big);
      if (!cursor.ok()) return fail("shorter than the monitor's header");
      return opcode == kMonitorEvent ? cursor.take_all() : ByteSpan{};
    }
    case LinkType::hci_h4_phdr:
      cursor.skip(4);
      break;
    default:
      break;
  }
  const std::uint8_t indicator = cursor.u8();
  if (!cursor.ok()) return fail("an empty HCI packet");
  return indicator == kH4Event ? cursor.take_all() : ByteSpan{};
}

bool off_the_air(LinkType link) {
  return link == LinkType::le_ll || link == LinkType::le_ll_phdr || link == LinkType::nordic;
}

}  // namespace

std::optional<LinkType> link_of_pcap(std::uint32_t number) {
  switch (number) {
    case 187:
      return LinkType::hci_h4;
    case 201:
      return LinkType::hci_h4_phdr;
    case 251:
      return LinkType::le_ll;
    case 254:
      return LinkType::hci_monitor_hd;
    case 256:
      return LinkType::le_ll_phdr;
    case 272:
      return LinkType::nordic;
    default:
      return std::nullopt;
  }
}

std::string_view supported_pcap_links() {
  return "187 BLUETOOTH_HCI_H4, 201 BLUETOOTH_HCI_H4_WITH_PHDR, 254 BLUETOOTH_LINUX_MONITOR, 251 BLUETOOTH_LE_LL, "
         "256 BLUETOOTH_LE_LL_WITH_PHDR, 272 NORDIC_BLE";
}

std::string describe_pcap_link(std::uint32_t number) {
  for (const LinkName& other : kOtherLinks) {
    if (other.number == number) return fmt::format("{} {}", number, other.name);
  }
  return fmt::format("{}", number);
}

std::optional<UnixTime> checked_time(std::int64_t unix_microseconds) {
  if (unix_microseconds < 0 || unix_microseconds > kLatestUnixSeconds * 1'000'000) return std::nullopt;
  return UnixTime{Duration{unix_microseconds}};
}

Status LinkDecoder::decode(const Packet& packet, std::vector<AdvReport>& out) {
  if (off_the_air(packet.link)) return decode_sniffed(packet, out);
  const auto event = hci_event(packet);
  if (!event) return tl::unexpected(event.error());
  if (event->empty() || hci_.parse(*event, out)) return {};
  return fail("an HCI event that ends inside a report or says what cannot be");
}

}  // namespace aisle::recording
