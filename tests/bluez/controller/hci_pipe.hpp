// The end of a host's HCI transport: /dev/vhci, or a socketpair in its place.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "agent/base/hex.hpp"
#include "agent/base/result.hpp"

namespace aisle::rig {

// Owns a descriptor of which each read and write is one H4 packet. Not thread-safe.
class HciPipe {
 public:
  // A socketpair's end (SOCK_SEQPACKET) or the like; made non-blocking.
  explicit HciPipe(int fd);
  ~HciPipe();
  HciPipe(HciPipe&& other) noexcept;
  HciPipe& operator=(HciPipe&& other) noexcept;

  // A new primary controller of the kernel, gone with the pipe. The kernel's answer, `ff 00 index[2]`, is the first
  // packet to read. Error: no device or no right to it.
  [[nodiscard]] static Result<HciPipe> open_vhci(const std::string& path = "/dev/vhci");

  [[nodiscard]] int fd() const { return fd_; }
  // The next packet; nothing when there is none now. `closed` becomes true when there will be none any more.
  [[nodiscard]] std::optional<Bytes> read(bool& closed) const;
  // Waits at most a second for room. False: the packet is lost.
  [[nodiscard]] bool write(ByteSpan packet) const;

 private:
  int fd_;
};

// Makes the pipe of each plugging.
using PipeFactory = std::function<Result<HciPipe>()>;

}  // namespace aisle::rig
