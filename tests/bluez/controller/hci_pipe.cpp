#include "tests/bluez/controller/hci_pipe.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace aisle::rig {
namespace {

constexpr int kWriteTimeoutMs = 1000;
constexpr std::size_t kMaxPacket = 2048;  // HCI_MAX_FRAME_SIZE of the kernel is 1028
constexpr std::array kCreatePrimary{std::byte{0xFF}, std::byte{0x00}};

}  // namespace

HciPipe::HciPipe(int fd) : fd_(fd) {
  fcntl(fd_, F_SETFL, fcntl(fd_, F_GETFL) | O_NONBLOCK);
}

HciPipe::~HciPipe() {
  if (fd_ >= 0) close(fd_);
}

HciPipe::HciPipe(HciPipe&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

HciPipe& HciPipe::operator=(HciPipe&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Result<HciPipe> HciPipe::open_vhci(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return fail("open {}: {}", path, std::strerror(errno));
  HciPipe pipe(fd);
  if (!pipe.write(kCreatePrimary)) return fail("create a controller through {}: {}", path, std::strerror(errno));
  return pipe;
}

std::optional<Bytes> HciPipe::read(bool& closed) const {
  Bytes packet(kMaxPacket);
  const ssize_t got = ::read(fd_, packet.data(), packet.size());
  if (got <= 0) {
    closed = got == 0 || (errno != EAGAIN && errno != EINTR);
    return std::nullopt;
  }
  packet.resize(static_cast<std::size_t>(got));
  return packet;
}

bool HciPipe::write(ByteSpan packet) const {
  for (;;) {
    const ssize_t put = ::write(fd_, packet.data(), packet.size());
    if (put == static_cast<ssize_t>(packet.size())) return true;
    if (put >= 0 || (errno != EAGAIN && errno != EINTR)) return false;
    pollfd room{fd_, POLLOUT, 0};
    if (poll(&room, 1, kWriteTimeoutMs) == 0) return false;
  }
}

}  // namespace aisle::rig
