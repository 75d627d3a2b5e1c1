// What a captured packet of each link type carries, as seen by a host: HCI events, or advertisements off the air.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/hex.hpp"
#include "agent/base/time.hpp"
#include "ble/hci_reports/hci_reports.hpp"

namespace aisle::recording {

enum class LinkType : std::uint8_t {
  hci_h1,          // bare HCI packets; direction and kind in the flags
  hci_h4,          // packet indicator before the packet
  hci_h4_phdr,     // direction (32 bits, big-endian) before the packet indicator
  hci_monitor,     // bare HCI packets; opcode and adapter in the flags
  hci_monitor_hd,  // adapter and opcode (16 bits each, big-endian) before the packet
  le_ll,           // link layer, from the access address on
  le_ll_phdr,      // a radio header before that
  nordic,          // the nRF Sniffer's header before that
};

// By the number in pcap and pcapng headers (tcpdump.org/linktypes.html).
[[nodiscard]] std::optional<LinkType> link_of_pcap(std::uint32_t number);
// "187 BLUETOOTH_HCI_H4, ...", for error texts.
[[nodiscard]] std::string_view supported_pcap_links();
// "1 (ETHERNET)" where the name is known, else the number alone.
[[nodiscard]] std::string describe_pcap_link(std::uint32_t number);

// One record of a capture file.
struct Packet {
  std::optional<UnixTime> at;  // empty: outside the years 1970 to 2100
  LinkType link = LinkType::hci_h4;
  std::uint32_t flags = 0;  // btsnoop only
  Bytes data;
};

// 2100-01-01, after which a time is taken for garbage.
inline constexpr std::int64_t kLatestUnixSeconds = 4102444800;
// Empty outside 1970 to 2100.
[[nodiscard]] std::optional<UnixTime> checked_time(std::int64_t unix_microseconds);

// The records of one file format, front to back.
class PacketReader {
 public:
  virtual ~PacketReader() = default;
  // True: `packet` is the next one. False: the file ended properly. Error: it ends inside a record, or what follows
  // cannot be read.
  virtual Result<bool> next(Packet& packet) = 0;
};

// Turns packets into reports; keeps the state of fragmented advertisements.
class LinkDecoder {
 public:
  // Appends the packet's reports. Error: malformed; the reports before the fault are delivered.
  Status decode(const Packet& packet, std::vector<AdvReport>& out);
  // At the end of the recording.
  void flush(std::vector<AdvReport>& out) { hci_.flush(out); }

 private:
  HciReports hci_;
};

}  // namespace aisle::recording
