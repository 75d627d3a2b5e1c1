// The kernel's part: the other end of a virtual controller's socketpair.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ble/hci_reports/hci_reports.hpp"
#include "tests/bluez/controller/virtual_controller.hpp"

namespace aisle::rig::test {

// "04 0e 04" to bytes; spaces are passed over.
[[nodiscard]] Bytes hex(std::string text);

class Host {
 public:
  explicit Host(const ControllerOptions& options = {});
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  [[nodiscard]] VirtualController& controller() { return controller_; }

  // Sends a command, and gives the return parameters of its Command Complete or the status of its Command Status;
  // empty when none came within `patience`. Other packets are kept.
  Bytes command(std::uint16_t opcode, const Bytes& parameters = {}, milliseconds patience = seconds{5});
  void send(const Bytes& packet) const;
  // The next packet, kept or new, as hex; empty when none comes within `patience`.
  std::string packet(milliseconds patience = seconds{5});
  // The next packet must be an event with reports. Empty: it was not.
  std::vector<AdvReport> reports();
  // Reads and drops whatever comes, until the controller unplugs.
  void drain();

  // Legacy or extended, as the controller is; 10 ms of every 10 ms.
  void scan(bool active = false, bool filter_duplicates = false);
  void stop_scan();
  // Closes our end.
  void leave();
  // The controller has closed its end.
  [[nodiscard]] bool hung_up(milliseconds patience = seconds{5});

 private:
  Result<HciPipe> make_pipe();
  Bytes receive(milliseconds patience);

  const bool extended_;
  int fd_ = -1;
  std::vector<Bytes> kept_;
  HciReports parser_;
  VirtualController controller_;
};

}  // namespace aisle::rig::test
