#include "ble/identity/day_keys.hpp"

#include <algorithm>

namespace aisle::identity {

void DayKeys::put(std::uint32_t device, const Key128& rpik) {
  while (chunks_.size() <= device / kChunk) chunks_.push_back(nullptr);
  auto& chunk = chunks_[device / kChunk];
  if (chunk == nullptr) chunk = std::make_unique<Chunk>();
  devices_ = std::max(devices_, device + 1);
  if (!chunk->used.test(device % kChunk)) ++size_;
  chunk->used.set(device % kChunk);
  chunk->rpiks[device % kChunk] = rpik;
}

void DayKeys::erase(std::uint32_t device) {
  if (find(device) == nullptr) return;
  auto& chunk = chunks_[device / kChunk];
  chunk->used.reset(device % kChunk);
  chunk->rpiks[device % kChunk] = Key128{};
  if (chunk->used.none()) chunk.reset();
  --size_;
}

const Key128* DayKeys::find(std::uint32_t device) const {
  if (device / kChunk >= chunks_.size()) return nullptr;
  const auto& chunk = chunks_[device / kChunk];
  return chunk == nullptr || !chunk->used.test(device % kChunk) ? nullptr : &chunk->rpiks[device % kChunk];
}

std::size_t DayKeys::bytes() const {
  const auto made = std::ranges::count_if(chunks_, [](const auto& chunk) { return chunk != nullptr; });
  return static_cast<std::size_t>(made) * sizeof(Chunk) + chunks_.capacity() * sizeof(chunks_[0]);
}

}  // namespace aisle::identity
