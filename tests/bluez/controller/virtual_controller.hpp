// A Bluetooth LE controller without a radio: speaks HCI with the kernel through /dev/vhci (or with a test through a
// socketpair) and hears the adverts it is told of.
#pragma once

#include <future>
#include <map>
#include <memory>
#include <mutex>

#include "agent/base/loop.hpp"
#include "tests/bluez/controller/hci_pipe.hpp"
#include "tests/bluez/controller/hci_state.hpp"
#include "tests/bluez/controller/load.hpp"
#include "tests/bluez/controller/options.hpp"
#include "tests/bluez/controller/player.hpp"
#include "tests/bluez/controller/program_runner.hpp"

namespace aisle::rig {

// One moment of the controller, as it knows it itself.
struct VirtualControllerState {
  bool plugged = false;
  std::optional<std::uint16_t> index;  // n of the kernel's hci<n>; none behind a socketpair
  bool muted = false;
  bool hung = false;

  bool scanning = false;
  bool active = false;
  bool filter_duplicates = false;
  Duration scan_interval{0};
  Duration scan_window{0};
  Duration scanning_time{0};  // in all
  std::uint64_t scan_starts = 0;

  std::uint64_t commands = 0;
  std::uint64_t unknown_commands = 0;
  std::uint64_t malformed_commands = 0;
  std::uint64_t resets = 0;
  std::uint64_t reported = 0;
  std::uint64_t not_scanning = 0;
  std::uint64_t filtered = 0;
  std::uint64_t lost = 0;
  std::uint64_t muted_adverts = 0;
  std::uint64_t scan_responses = 0;
  std::uint64_t lost_packets = 0;  // for the host, that the pipe did not take
  std::uint64_t programs = 0;      // playing

  std::vector<std::uint16_t> last_unknown;     // opcodes, the newest last, at most 16
  std::map<std::uint8_t, AdvertisingSet> own;  // what the host advertises, by handle
};

// Thread-safe. Runs on a thread of its own, which does all the work; calls wait for it, at most 30 s, then give the
// value of an unplugged controller.
class VirtualController {
 public:
  explicit VirtualController(
      const ControllerOptions& options, PipeFactory pipes = [] { return HciPipe::open_vhci(); });
  ~VirtualController();
  VirtualController(const VirtualController&) = delete;
  VirtualController& operator=(const VirtualController&) = delete;

  // A new pipe; as a dongle that was just plugged in, it forgets all that the host had set. Error: the pipe's; already
  // plugged.
  Status plug();
  // Closes the pipe; programs go on and their adverts find no host. No effect when not plugged.
  void unplug();

  Outcome advertise(const Advertisement& advert);
  // The same without waiting.
  void overhear(Advertisement advert);

  // A Hardware Error event. The controller itself goes on as before.
  void hardware_error(std::uint8_t code);
  // Claims to scan and delivers nothing, but still answers commands.
  void mute(bool on);
  // Answers no command any more; ignored ones stay unanswered.
  void hang(bool on);
  // Answers such a command with this HCI status (Vol 1 Part F) instead of obeying; 0: obeys again.
  void refuse(std::uint16_t opcode, std::uint8_t status);
  // Forgets all that the host had set, the scan too, and does not say so.
  void brown_out();
  void set_loss(double share);
  void set_command_delay(Duration delay);
  // An event packet of exactly these bytes (from the event code on), right or wrong.
  void raw_event(Bytes event);
  // The same with a packet indicator of one's own.
  void raw_packet(Bytes packet);

  // Plays beside others.
  ProgramId start(std::unique_ptr<Program> program);
  ProgramId start_load(LoadSpec spec);
  void stop(ProgramId id);
  // Waits for the program's end or `timeout`: `done` says which. Once for each program.
  [[nodiscard]] ProgramReport wait(ProgramId id, Duration timeout);
  // Start and wait; a load for twice its length and 10 s more.
  ProgramReport load(LoadSpec spec);
  ProgramReport play(std::unique_ptr<Program> program, Duration timeout = seconds{600});

  // What the host advertises through us, at its interval, on our thread. Empty: nobody listens.
  using Transmission = std::function<void(const Advertisement&)>;
  void on_transmission(Transmission listener);

  [[nodiscard]] VirtualControllerState state() const;
  // Of the controller's thread, since its start.
  [[nodiscard]] std::chrono::nanoseconds cpu_time() const;
  [[nodiscard]] const Clock& clock() const { return clock_; }

 private:
  class Core;
  template <class T>
  T ask(std::function<T(Core&)> question, T otherwise) const;
  void tell(std::function<void(Core&)> order) const;

  SystemClock clock_;
  mutable std::mutex mutex_;  // guards the two below
  std::map<ProgramId, std::future<ProgramReport>> reports_;
  ProgramId next_program_ = 1;
  std::unique_ptr<LoopThread> thread_;
  std::shared_ptr<Core> core_;  // the thread's
};

}  // namespace aisle::rig
