// The LE advertising reports in HCI events (Core 5.4, Vol 4 Part E, 7.7.65.2, .11 and .13). Pure; not thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "agent/base/hex.hpp"
#include "agent/model/advert.hpp"

namespace aisle {

struct AdvReport {
  Address address;
  Dbm rssi;
  Payload payload;  // AD structures
};

struct HciReportStats {
  std::uint64_t events = 0;      // LE advertising report events of the three kinds
  std::uint64_t reports = 0;     // delivered
  std::uint64_t malformed = 0;   // events that end inside a report, or whose numbers cannot be
  std::uint64_t unfinished = 0;  // fragmented advertisements delivered without their end
};

class HciReports {
 public:
  // Appends what `event` (event code, parameter length, parameters) completes to `out`: one for each report, one for
  // each chain of fragments. Events of other kinds add nothing. False: malformed; the reports before the fault are
  // delivered.
  bool parse(ByteSpan event, std::vector<AdvReport>& out);

  // Delivers what was gathered of chains that never ended.
  void flush(std::vector<AdvReport>& out);

  [[nodiscard]] const HciReportStats& stats() const { return stats_; }

  // Chains of fragments held at once; one more pushes the oldest out, delivered as it is.
  static constexpr std::size_t kMaxChains = 32;

 private:
  struct Fragment;
  struct Chain {
    Address address;
    std::uint8_t address_type = 0;
    std::uint8_t set = 0;  // advertising SID
    bool scan_response = false;
    Dbm rssi;
    Bytes data;
  };

  bool legacy(ByteSpan parameters, std::vector<AdvReport>& out);
  bool directed(ByteSpan parameters, std::vector<AdvReport>& out);
  bool extended(ByteSpan parameters, std::vector<AdvReport>& out);
  void add_fragment(const Fragment& fragment, std::vector<AdvReport>& out);
  void deliver(const Address& address, Dbm rssi, ByteSpan data, std::vector<AdvReport>& out);

  std::vector<Chain> chains_;
  HciReportStats stats_;
};

}  // namespace aisle
