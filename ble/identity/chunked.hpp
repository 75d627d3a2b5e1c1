// A vector whose elements never move: it grows by chunks, so that no call costs more than one chunk however many
// elements there are.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace aisle::identity {

// `T` is default-constructible.
template <class T>
class Chunked {
 public:
  [[nodiscard]] T& operator[](std::size_t i) { return (*chunks_[i / kChunk])[i % kChunk]; }
  [[nodiscard]] const T& operator[](std::size_t i) const { return (*chunks_[i / kChunk])[i % kChunk]; }
  void push_back(T value) {
    if (size_ == chunks_.size() * kChunk) chunks_.push_back(std::make_unique<Chunk>());
    (*this)[size_++] = std::move(value);
  }
  // Not of an empty one. Gives back a chunk once a whole one is empty beside it.
  T take_back() {
    T value = std::move((*this)[--size_]);
    if (chunks_.size() * kChunk - size_ >= 2 * kChunk) chunks_.pop_back();
    return value;
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t bytes() const {
    return chunks_.size() * sizeof(Chunk) + chunks_.capacity() * sizeof(chunks_[0]);
  }

 private:
  static constexpr std::size_t kChunk = 1024;
  using Chunk = std::array<T, kChunk>;

  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace aisle::identity
