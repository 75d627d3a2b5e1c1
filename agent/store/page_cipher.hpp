// How a page of the database, and a frame of its log, rest on the disk when the store is sealed. The last kSealBytes of
// a page are reserved: SQLite leaves them zero, on the disk they hold tag and nonce. See README.md.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "agent/seal/block_cipher.hpp"
#include "agent/seal/master_key.hpp"

namespace aisle::store {

inline constexpr std::size_t kPageBytes = 4096;
inline constexpr std::size_t kFrameHeaderBytes = 24;

// A page of the log does not pass for one of the database.
enum class PagePlace : std::uint8_t { database = 1, log = 2, journal = 3 };

using PageSpan = std::span<std::byte, kPageBytes>;
using ConstPageSpan = std::span<const std::byte, kPageBytes>;
using FrameHeader = std::array<std::byte, kFrameHeaderBytes>;

// The first bytes of a sealed database, where a plain one says "SQLite format 3": a name, and the id of the master key.
using Mark = std::array<std::byte, 16>;
inline constexpr std::string_view kMarkName = "AISLSEAL";
inline constexpr std::string_view kPlainMark{"SQLite format 3\0", 16};

// One thread at a time.
class PageCipher {
 public:
  explicit PageCipher(const seal::MasterKey& key);

  // `number`: of the page in the database, from 1.
  void seal(PagePlace place, std::uint32_t number, ConstPageSpan page, PageSpan out) const;
  // False: altered, torn, of another place or of another key. A page of zeros was never written and stays so.
  [[nodiscard]] bool open(PagePlace place, std::uint32_t number, ConstPageSpan sealed, PageSpan out) const;

  // Salts and checksums, which tell of the page, are one block of AES; page number and size of the database stay plain.
  void seal(FrameHeader& header);
  void open(FrameHeader& header);

  [[nodiscard]] const Mark& mark() const { return mark_; }

 private:
  seal::Key256 pages_;
  seal::BlockCipher frames_;
  Mark mark_{};
};

}  // namespace aisle::store
