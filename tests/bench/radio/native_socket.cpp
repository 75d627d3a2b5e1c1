#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <thread>

#include "agent/base/fd.hpp"
#include "tests/bench/radio/listener.hpp"
#include "tests/bench/radio/native.hpp"
#include "tests/bluez/controller/virtual_controller.hpp"

namespace aisle::radio {
namespace {

// The listener's end is inherited; it has a time stamp with each packet, as the kernel's socket has.
std::array<Fd, 2> make_pair() {
  std::array<int, 2> fds{};
  const int on = 1;
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds.data()) != 0 ||
      ::setsockopt(fds[0], SOL_SOCKET, SO_TIMESTAMP, &on, sizeof on) != 0) {
    throw std::runtime_error("no socket pair");
  }
  return {Fd(fds[0]), Fd(fds[1])};
}

void command(int fd, std::string_view packet) {
  const auto bytes = *from_hex(packet);
  if (::write(fd, bytes.data(), bytes.size()) < 0) throw std::runtime_error("the controller takes no command");
}

// 11.25 ms of every 11.25 ms, as the kernel asks for in discovery.
void scan(int fd, const rig::VirtualController& controller) {
  command(fd,
          "010b20070112001200"
          "0000");
  command(fd, "010c20020100");
  if (!fakes::eventually([&] { return controller.state().scanning; }))
    throw std::runtime_error("the controller does not scan");
  std::array<std::byte, 512> answer{};
  while (::read(fd, answer.data(), answer.size()) > 0) continue;
}

}  // namespace

Figures measure_socket(const Cell& cell, std::chrono::milliseconds length) {
  auto [ours, controllers] = make_pair();
  rig::VirtualController controller(
      {}, [fd = ::dup(controllers.get())]() -> Result<rig::HciPipe> { return rig::HciPipe(fd); });
  if (!controller.plug()) throw std::runtime_error("no controller");
  scan(ours.get(), controller);
  Listener listener("descriptor", std::to_string(ours.get()));
  if (!listener.ready()) throw std::runtime_error("source hci does not hear: " + listener.trouble());
  std::this_thread::sleep_for(kSettle);
  const auto listener_before = listener.cpu();
  const auto sender_before = controller.cpu_time();
  const auto report = controller.load(load_of(cell, length));
  Figures out;
  out.sender = controller.cpu_time() - sender_before;
  std::this_thread::sleep_for(kSettle);
  out.listener = listener.cpu() - listener_before;
  out.sent = report.sent;
  read_report(listener.finish(), out);
  return out;
}

}  // namespace aisle::radio
