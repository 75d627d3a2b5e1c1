#include "agent/store/page_cipher.hpp"

#include <algorithm>

namespace aisle::store {
namespace {

constexpr std::size_t kUsable = kPageBytes - seal::kSealBytes;
constexpr std::size_t kSaltsAt = 8;  // in a frame's header: salts and checksums, 16 bytes

// What comes before the ciphertext: the mark of a database.
std::size_t skipped(PagePlace place, std::uint32_t number) {
  return place == PagePlace::database && number == 1 ? std::tuple_size_v<Mark> : 0;
}

std::array<std::byte, 5> about(PagePlace place, std::uint32_t number) {
  std::array<std::byte, 5> out{static_cast<std::byte>(place)};
  for (unsigned i = 0; i < 4; ++i) out.at(1 + i) = static_cast<std::byte>((number >> (8 * i)) & 0xFFU);
  return out;
}

Key128 block_of(const FrameHeader& header) {
  Key128 block{};
  std::copy_n(header.begin() + kSaltsAt, block.size(), block.begin());
  return block;
}

}  // namespace

PageCipher::PageCipher(const seal::MasterKey& key) : pages_(key.page_key()), frames_(key.frame_key()) {
  std::ranges::copy(std::as_bytes(std::span(kMarkName)), mark_.begin());
  std::ranges::copy(key.id(), mark_.begin() + kMarkName.size());
}

void PageCipher::seal(PagePlace place, std::uint32_t number, ConstPageSpan page, PageSpan out) const {
  const std::size_t from = skipped(place, number);
  if (from > 0) std::ranges::copy(mark_, out.begin());
  seal::seal(pages_, page.subspan(from, kUsable - from), about(place, number), out.subspan(from));
}

bool PageCipher::open(PagePlace place, std::uint32_t number, ConstPageSpan sealed, PageSpan out) const {
  if (std::ranges::all_of(sealed, [](std::byte byte) { return byte == std::byte{0}; })) {
    std::ranges::fill(out, std::byte{0});
    return true;
  }
  const std::size_t from = skipped(place, number);
  if (!seal::open(pages_, sealed.subspan(from), about(place, number), out.subspan(from, kUsable - from))) return false;
  if (from > 0) std::ranges::copy(std::as_bytes(std::span(kPlainMark)), out.begin());
  std::ranges::fill(out.subspan(kUsable), std::byte{0});
  return true;
}

void PageCipher::seal(FrameHeader& header) {
  std::ranges::copy(frames_.encrypt(block_of(header)), header.begin() + kSaltsAt);
}

void PageCipher::open(FrameHeader& header) {
  std::ranges::copy(frames_.decrypt(block_of(header)), header.begin() + kSaltsAt);
}

}  // namespace aisle::store
