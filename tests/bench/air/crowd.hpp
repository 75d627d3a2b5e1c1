// A crowd of phones that advertise around one gateway: how many of them it hears of, with collisions, channel hops and
// the wire to the host. Pure and seeded: the same numbers on every machine.
//
// On the air (Bluetooth Core 5.4, Vol 6 Part B):
// - LE 1M, a bit is 1 us. An advert is preamble 1, access address 4, header 2, address 6, data, CRC 3 bytes (2.1, 2.3):
//   376 us with 31 bytes of data.
// - An advertising event comes advInterval + advDelay after the last one, advDelay uniform in 0 to 10 ms (4.4.2.2), and
//   sends the advert on channels 37, 38 and 39 one after the other (4.4.2.3).
// - The scanner listens without a pause on one channel, and hops to the next after each scan interval (4.4.3).
// - Two adverts that overlap on a channel destroy each other, unless capture says otherwise.
// - Who asks for a scan response (4.4.3.2) is deaf to others from the end of the advert on: 150 us of silence (4.1),
// the
//   request of 22 bytes, 150 us, the response.
// Every phone is in range of every other and of the gateway, and no advert is lost but for these reasons.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "agent/base/time.hpp"

namespace aisle::bench {

struct CrowdSpec {
  std::uint32_t phones = 50;
  Duration every{milliseconds(250)};  // advInterval
  std::size_t data = 31;              // bytes of each advert, 31 at most
  // False: non-connectable, as the app's beacon. True: scannable, and the scan is active; responses of 31 bytes.
  bool scan_responses = false;
  // An advert that is this much stronger than all it overlaps with is heard; each phone has its strength, uniform in
  // -90 to -50 dBm. Empty: none is.
  std::optional<double> capture_db{};
  Duration scan_interval{11'250};  // and window: Linux 6.1 while it discovers (hci_core.h, DISCOV_LE_SCAN_INT)
  std::uint32_t baud = 0;          // of the UART to the host; 0: no limit
  std::size_t buffer = 4096;       // bytes, the controller's for reports
  Duration warm_up{seconds(1)};    // before anything is counted
  Duration length{seconds(10)};
  std::uint64_t seed = 1;
};

struct CrowdResult {
  std::uint64_t caught = 0;              // adverts whose channel the scanner listened to from beginning to end
  std::uint64_t collided = 0;            // of these, those that another one destroyed
  std::uint64_t deaf = 0;                // of these, those that came while the scanner was busy with a scan response
  std::uint64_t heard = 0;               // the rest
  std::uint64_t dropped = 0;             // reports, scan responses included, for which the buffer had no room
  std::vector<std::uint32_t> delivered;  // adverts that reached the host in time, by phone

  // The share of the phones of which at least `adverts` reached the host.
  [[nodiscard]] double share(std::uint32_t adverts) const;
};

// Of an advertising PDU with so many bytes of data.
[[nodiscard]] Duration air_time(std::size_t data);
// Of a legacy advertising report as H4 sends it: packet kind 1, event header 2, subevent 1, count 1, event type 1,
// address 7, length 1, data, RSSI 1 (Vol 4 Part E 7.7.65.2).
[[nodiscard]] std::size_t report_bytes(std::size_t data);

[[nodiscard]] CrowdResult simulate(const CrowdSpec& spec);

}  // namespace aisle::bench
