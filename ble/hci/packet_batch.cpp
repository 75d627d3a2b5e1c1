#include "ble/hci/packet_batch.hpp"

#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "ble/hci/protocol.hpp"

namespace aisle::hci {
namespace {

// A struct timeval of 32 or 64 bit members, as the kernel and not the C library has it.
template <class Number>
UnixTime read_time(const unsigned char* data) {
  std::array<Number, 2> value{};
  std::memcpy(value.data(), data, sizeof value);
  return UnixTime{seconds{value[0]} + std::chrono::microseconds{value[1]}};
}

}  // namespace

struct PacketBatch::Buffers {
  // Room for one timeval, aligned as control messages must be.
  struct alignas(cmsghdr) Control {
    std::array<unsigned char, CMSG_SPACE(16)> bytes{};
  };
  std::array<std::array<std::byte, kMaxEventPacket>, kMost> packets{};
  std::array<Control, kMost> controls{};
  std::array<iovec, kMost> parts{};
  std::array<mmsghdr, kMost> headers{};
};

PacketBatch::PacketBatch() : buffers_(std::make_unique<Buffers>()) {
  for (std::size_t i = 0; i < kMost; ++i) {
    buffers_->parts[i] = {buffers_->packets[i].data(), kMaxEventPacket};
    buffers_->headers[i].msg_hdr.msg_iov = &buffers_->parts[i];
    buffers_->headers[i].msg_hdr.msg_iovlen = 1;
    buffers_->headers[i].msg_hdr.msg_control = buffers_->controls[i].bytes.data();
  }
}

PacketBatch::~PacketBatch() = default;

Result<std::size_t> PacketBatch::receive(int fd, Wait wait) {
  for (std::size_t i = 0; i < used_; ++i) buffers_->headers[i].msg_hdr.msg_controllen = sizeof(Buffers::Control);
  used_ = 0;
  const int flags = wait == Wait::for_first ? MSG_WAITFORONE : MSG_DONTWAIT;
  const int count = ::recvmmsg(fd, buffers_->headers.data(), kMost, flags, nullptr);
  if (count < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return 0;
    return fail("{}", std::strerror(errno));
  }
  used_ = static_cast<std::size_t>(count);
  // An HCI packet has at least its kind; an empty one is the end of a connection, over and over.
  const auto is_end = [](const mmsghdr& header) { return header.msg_len == 0; };
  const auto begin = buffers_->headers.begin();
  const auto packets = std::find_if(begin, begin + count, is_end) - begin;
  if (packets == 0) return fail("the socket was closed");
  return static_cast<std::size_t>(packets);
}

ByteSpan PacketBatch::packet(std::size_t index) const {
  return ByteSpan(buffers_->packets[index]).first(buffers_->headers[index].msg_len);
}

bool PacketBatch::cut(std::size_t index) const {
  return (buffers_->headers[index].msg_hdr.msg_flags & MSG_TRUNC) != 0;
}

std::optional<UnixTime> PacketBatch::time(std::size_t index) const {
  const msghdr& header = buffers_->headers[index].msg_hdr;
  const cmsghdr* message = CMSG_FIRSTHDR(&header);
  if (message == nullptr) return std::nullopt;
  const bool ours = (message->cmsg_level == kSolHci && message->cmsg_type == kCmsgTimeStamp) ||
                    (message->cmsg_level == SOL_SOCKET && message->cmsg_type == SO_TIMESTAMP);
  if (!ours) return std::nullopt;
  if (message->cmsg_len == CMSG_LEN(16)) return read_time<std::int64_t>(CMSG_DATA(message));
  if (message->cmsg_len == CMSG_LEN(8)) return read_time<std::int32_t>(CMSG_DATA(message));
  return std::nullopt;
}

}  // namespace aisle::hci
