// Packets of a datagram socket, many at a time, with the kernel's time of each. Not thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "agent/base/hex.hpp"
#include "agent/base/result.hpp"
#include "agent/base/time.hpp"

namespace aisle::hci {

class PacketBatch {
 public:
  static constexpr std::size_t kMost = 64;

  PacketBatch();
  ~PacketBatch();
  PacketBatch(const PacketBatch&) = delete;
  PacketBatch& operator=(const PacketBatch&) = delete;

  // Takes what waits in `fd`, at most kMost packets, and never blocks; 0: nothing waits. Error: the socket is at its
  // end. No allocation.
  Result<std::size_t> receive(int fd);

  // Of the packets received last. Valid until the next `receive`.
  [[nodiscard]] ByteSpan packet(std::size_t index) const;
  // Longer than any HCI event: what `packet` gives is cut.
  [[nodiscard]] bool cut(std::size_t index) const;
  // From HCI_TIME_STAMP, or SO_TIMESTAMP of a stand-in.
  [[nodiscard]] std::optional<UnixTime> time(std::size_t index) const;

 private:
  struct Buffers;
  std::unique_ptr<Buffers> buffers_;
  std::size_t used_ = PacketBatch::kMost;  // headers that must be made ready again
};

}  // namespace aisle::hci
