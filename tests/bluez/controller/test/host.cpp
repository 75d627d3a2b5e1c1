#include "tests/bluez/controller/test/host.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "tests/bluez/controller/hci_events.hpp"

namespace aisle::rig::test {
namespace {

Bytes command_packet(std::uint16_t opcode, const Bytes& parameters) {
  Bytes out{std::byte{1}, static_cast<std::byte>(opcode & 0xFFU), static_cast<std::byte>(opcode >> 8U),
            static_cast<std::byte>(parameters.size())};
  out.insert(out.end(), parameters.begin(), parameters.end());
  return out;
}

std::uint16_t opcode_at(const Bytes& packet, std::size_t at) {
  const unsigned low = std::to_integer<unsigned>(packet[at]);
  return static_cast<std::uint16_t>(low | std::to_integer<unsigned>(packet[at + 1]) << 8U);
}

// What `packet` answers to `opcode`; empty when it does not.
Bytes answer(const Bytes& packet, std::uint16_t opcode) {
  constexpr std::byte kComplete{0x0E};
  constexpr std::byte kStatus{0x0F};
  if (packet.size() < 7 || packet[0] != kEventPacket) return {};
  if (packet[1] == kComplete && opcode_at(packet, 4) == opcode) return {packet.begin() + 6, packet.end()};
  if (packet[1] == kStatus && opcode_at(packet, 5) == opcode) return {packet[3]};
  return {};
}

}  // namespace

Bytes hex(std::string text) {
  std::erase(text, ' ');
  return from_hex(text).value();
}

Host::Host(const ControllerOptions& options)
    : extended_(options.extended), controller_(options, [this] { return make_pipe(); }) {}

Host::~Host() {
  if (fd_ >= 0) close(fd_);
}

Result<HciPipe> Host::make_pipe() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return fail("no socketpair");
  if (fd_ >= 0) close(fd_);
  fd_ = ends[0];
  return HciPipe(ends[1]);
}

void Host::send(const Bytes& packet) const {
  [[maybe_unused]] const auto sent = ::send(fd_, packet.data(), packet.size(), MSG_NOSIGNAL);
}

Bytes Host::receive(milliseconds patience) {
  pollfd readable{fd_, POLLIN, 0};
  if (poll(&readable, 1, static_cast<int>(patience.count())) <= 0) return {};
  Bytes packet(2048);
  const ssize_t got = recv(fd_, packet.data(), packet.size(), 0);
  packet.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return packet;
}

Bytes Host::command(std::uint16_t opcode, const Bytes& parameters, milliseconds patience) {
  send(command_packet(opcode, parameters));
  for (;;) {
    const Bytes packet = receive(patience);
    if (packet.empty()) return {};
    const Bytes returned = answer(packet, opcode);
    if (!returned.empty()) return returned;
    kept_.push_back(packet);
  }
}

std::string Host::packet(milliseconds patience) {
  if (kept_.empty()) return to_hex(receive(patience));
  const Bytes first = kept_.front();
  kept_.erase(kept_.begin());
  return to_hex(first);
}

std::vector<AdvReport> Host::reports() {
  const Bytes event = hex(packet());
  std::vector<AdvReport> out;
  if (event.empty() || !parser_.parse(ByteSpan(event).subspan(1), out)) return {};
  return out;
}

void Host::drain() {
  while (!receive(seconds{5}).empty()) {
  }
}

void Host::scan(bool active, bool filter_duplicates) {
  const std::string type = active ? "01" : "00";
  const std::string filter = filter_duplicates ? "01" : "00";
  if (extended_) {
    command(0x2041, hex("00 00 01" + type + "1000 1000"));
    command(0x2042, hex("01" + filter + "0000 0000"));
  } else {
    command(0x200B, hex(type + "1000 1000 00 00"));
    command(0x200C, hex("01" + filter));
  }
}

void Host::stop_scan() {
  if (extended_) {
    command(0x2042, hex("00 00 0000 0000"));
  } else {
    command(0x200C, hex("00 00"));
  }
}

void Host::leave() {
  close(fd_);
  fd_ = -1;
}

bool Host::hung_up(milliseconds patience) {
  pollfd gone{fd_, POLLIN, 0};
  return poll(&gone, 1, static_cast<int>(patience.count())) > 0 && (gone.revents & POLLHUP) != 0;
}

}  // namespace aisle::rig::test
