// Whether the controller scans, as its own commands and answers tell. bluetoothd does not say when an advertisement
// monitor's scan was refused or never begun, nor the kernel. Pure; not thread-safe.
#pragma once

#include <cstdint>

#include "agent/base/hex.hpp"
#include "agent/base/time.hpp"

namespace aisle::hci {

class ScanWatch {
 public:
  enum class Scan : std::uint8_t {
    unknown,  // nothing was seen yet
    on,
    off,     // it was ended
    refused  // the controller did not take the command or its parameters
  };

  // A packet with its kind in front. False: it is neither a command nor the answer to one.
  bool see(ByteSpan packet, SteadyTime now);
  // The socket is another one.
  void forget() { *this = {}; }

  [[nodiscard]] Scan scan() const { return scan_; }
  // Of a refused one: the controller's status (Core 5.4, Vol 1 Part F).
  [[nodiscard]] std::uint8_t status() const { return status_; }
  // When that was last seen.
  [[nodiscard]] SteadyTime since() const { return since_; }

 private:
  void see_answer(std::uint16_t opcode, std::uint8_t status, SteadyTime now);
  void set(Scan scan, std::uint8_t status, SteadyTime now);

  Scan scan_ = Scan::unknown;
  std::uint8_t status_ = 0;
  SteadyTime since_{};
  bool enabling_ = false;  // what the last command that enables or disables asked for
};

}  // namespace aisle::hci
