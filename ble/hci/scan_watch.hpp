// Whether the controller scans, as its own commands and answers tell. bluetoothd does not say when an advertisement
// monitor's scan was refused or never begun, nor the kernel. Pure; not thread-safe.
#pragma once

#include <algorithm>
#include <cstdint>

#include "agent/base/hex.hpp"
#include "agent/base/time.hpp"

namespace aisle::hci {

class ScanWatch {
 public:
  enum class Scan : std::uint8_t {
    unknown,  // nothing was seen yet
    on,
    off,        // it was ended
    refused,    // the controller did not take a command for it, be it to end it, or its parameters
    unanswered  // it has owed the answer for kAnswer
  };
  static constexpr Duration kAnswer = seconds(3);  // the kernel waits for 2 s (HCI_CMD_TIMEOUT)

  // A packet with its kind in front. False: it is neither a command nor the answer to one.
  bool see(ByteSpan packet, SteadyTime now);
  // The socket is another one.
  void forget() { *this = {}; }

  [[nodiscard]] Scan scan(SteadyTime now) const;
  // Of a refused one: the controller's status (Core 5.4, Vol 1 Part F).
  [[nodiscard]] std::uint8_t status() const { return status_; }
  // When that was last seen, or the command that waits for its answer.
  [[nodiscard]] SteadyTime since() const { return std::max(since_, asked_); }

 private:
  void see_command(std::uint16_t opcode, bool enable, SteadyTime now);
  void see_answer(std::uint16_t opcode, std::uint8_t status, SteadyTime now);
  void set(Scan scan, std::uint8_t status, SteadyTime now);

  Scan scan_ = Scan::unknown;
  std::uint8_t status_ = 0;
  SteadyTime since_{};
  SteadyTime asked_{};     // by a command that was not answered yet; the zero time: none
  bool enabling_ = false;  // what the last command that enables or disables asked for
};

}  // namespace aisle::hci
