// The three binary file formats. Each opener takes the input at the file's first byte and reads its header.
#pragma once

#include <memory>

#include "agent/base/result.hpp"
#include "ble/recording/input.hpp"
#include "ble/recording/link.hpp"

namespace aisle::recording {

// No packet of these link types is longer; of a longer record only this much is looked at.
inline constexpr std::size_t kMaxPacket = std::size_t{128} * 1024;

// Errors: a header that is cut short, or a link type that carries no advertisements (named, with those that do).
[[nodiscard]] Result<std::unique_ptr<PacketReader>> open_btsnoop(std::unique_ptr<Input> input);
[[nodiscard]] Result<std::unique_ptr<PacketReader>> open_pcap(std::unique_ptr<Input> input);
// The link types are those of the interfaces described before the first packet.
[[nodiscard]] Result<std::unique_ptr<PacketReader>> open_pcapng(std::unique_ptr<Input> input);

[[nodiscard]] bool is_btsnoop(ByteSpan head);
[[nodiscard]] bool is_pcap(ByteSpan head);
[[nodiscard]] bool is_pcapng(ByteSpan head);

}  // namespace aisle::recording
