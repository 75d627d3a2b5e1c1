// The work of a virtual controller on its thread's loop.
#pragma once

#include <future>
#include <map>
#include <memory>
#include <optional>

#include "tests/bluez/controller/hci_commands.hpp"
#include "tests/bluez/controller/radio.hpp"
#include "tests/bluez/controller/virtual_controller.hpp"

namespace aisle::rig {

// All functions on the loop's thread. The loop outlives the core; timers of the core find it gone and do nothing.
class VirtualController::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(EpollLoop& loop, const ControllerOptions& options, PipeFactory pipes);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  Status plug();
  void unplug();
  Outcome hear(const Advertisement& advert);
  void send(ByteSpan packet);
  void set_hung(bool on) { hung_ = on; }
  void refuse(std::uint16_t opcode, std::uint8_t status);
  void brown_out();
  void set_command_delay(Duration delay) { command_delay_ = delay; }
  [[nodiscard]] Radio& radio() { return radio_; }
  void start(ProgramId id, std::unique_ptr<Program> program, std::promise<ProgramReport> report);
  void stop(ProgramId id) { runner_.stop(id); }
  void set_listener(Transmission listener);
  [[nodiscard]] VirtualControllerState state() const;

 private:
  void readable();
  void take_packet(ByteSpan packet);
  void execute(ByteSpan command);
  void note_unknown(std::uint16_t opcode);
  void flush_later();
  void finished(ProgramId id, const ProgramReport& report);
  void follow_advertising();
  void transmit(std::uint8_t handle);

  EpollLoop& loop_;
  const ControllerOptions options_;
  const PipeFactory pipes_;
  std::optional<HciPipe> pipe_;
  std::uint64_t plugging_ = 0;  // a delayed answer of an earlier plugging is dropped
  std::optional<std::uint16_t> index_;
  HciState hci_;
  Radio radio_;
  ProgramRunner runner_;
  std::map<ProgramId, std::promise<ProgramReport>> reports_;
  Transmission listener_;
  std::map<std::uint8_t, TimerId> transmitting_;  // by handle
  Duration command_delay_;
  std::map<std::uint16_t, std::uint8_t> refused_;  // status by opcode
  bool hung_ = false;
  bool flush_set_ = false;
  std::uint64_t commands_ = 0;
  std::uint64_t unknown_ = 0;
  std::uint64_t malformed_ = 0;
  std::uint64_t lost_packets_ = 0;
  std::vector<std::uint16_t> last_unknown_;
};

}  // namespace aisle::rig
