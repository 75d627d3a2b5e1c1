// Packets of a datagram socket, many at a time, with the kernel's time of each. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
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

  // none: what is there. for_first: blocks until there is a packet, where the socket blocks, and as long as it does.
  enum class Wait : std::uint8_t { none, for_first };

  // Takes what waits in `fd`, at most kMost packets; 0: nothing came. Error: the socket is at its end. No allocation.
  Result<std::size_t> receive(int fd, Wait wait = Wait::none);

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
