// Records with an id, in slots that never move: chunks of 256, reused after erasure, found by id through a flat index.
// `Record` says its `id()`, which is empty for a default-constructed one and for no other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "ble/identity/chunked.hpp"
#include "ble/identity/flat_index.hpp"

namespace aisle::identity {

template <class Record>
class RecordPool {
 public:
  // The slot or kNone.
  [[nodiscard]] std::uint32_t find(std::string_view id) const {
    return index_.find(hash_text(id), [&](std::uint32_t slot) { return (*this)[slot].id() == id; });
  }
  // Only for an id that is not in it.
  std::uint32_t add(Record record) {
    std::uint32_t slot = slots_;
    if (free_.empty()) {
      if (slots_ % kChunk == 0) chunks_.push_back(std::make_unique<Chunk>());
      ++slots_;
    } else {
      slot = free_.take_back();
    }
    index_.insert(hash_text(record.id()), slot);
    (*this)[slot] = std::move(record);
    return slot;
  }
  void erase(std::uint32_t slot) {
    index_.erase(hash_text((*this)[slot].id()), slot);
    (*this)[slot] = Record{};
    free_.push_back(slot);
  }
  void clear() { *this = RecordPool(); }

  [[nodiscard]] Record& operator[](std::uint32_t slot) { return (*chunks_[slot / kChunk])[slot % kChunk]; }
  [[nodiscard]] const Record& operator[](std::uint32_t slot) const { return (*chunks_[slot / kChunk])[slot % kChunk]; }
  // Slots are 0 to slots() - 1; those in use hold a record.
  [[nodiscard]] std::uint32_t slots() const { return slots_; }
  [[nodiscard]] bool used(std::uint32_t slot) const { return !(*this)[slot].id().empty(); }
  [[nodiscard]] std::size_t size() const { return index_.size(); }
  // Without what the records themselves allocate.
  [[nodiscard]] std::size_t bytes() const {
    return chunks_.size() * sizeof(Chunk) + chunks_.capacity() * sizeof(chunks_[0]) + free_.bytes() + index_.bytes();
  }

 private:
  static constexpr std::uint32_t kChunk = 256;
  using Chunk = std::array<Record, kChunk>;

  std::vector<std::unique_ptr<Chunk>> chunks_;
  Chunked<std::uint32_t> free_;
  FlatIndex index_;
  std::uint32_t slots_ = 0;
};

}  // namespace aisle::identity
