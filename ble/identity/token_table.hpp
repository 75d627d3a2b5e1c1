// The tokens of one interval: 12-byte token -> device. Flat, open addressing, 16 bytes per entry, load at most 3/4.
// Tokens are cipher output, so their own first bytes are the hash. A token given by two devices is ambiguous until one
// of them is erased. In 64 parts that grow and are emptied on their own: no call moves or fills more than one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "ble/identity/contested.hpp"
#include "ble/identity/flat_index.hpp"

namespace aisle::identity {

using Token = std::array<std::byte, 12>;

struct TokenHash {
  std::size_t operator()(const Token& token) const {
    std::uint64_t hash;
    std::memcpy(&hash, token.data(), sizeof hash);
    return static_cast<std::size_t>(hash);
  }
};

class TokenTable {
 public:
  static constexpr std::uint32_t kAmbiguous = kNone - 1;
  static constexpr std::size_t kParts = 64;

  // Empties one part and makes room for its share of `tokens` in all; the places that it now has. To begin anew, renew
  // all of them in order; nothing else may be called before that is done.
  std::size_t renew(std::size_t part, std::size_t tokens);
  // `device` below kAmbiguous. Inserting the same pair twice has no further effect.
  void insert(const Token& token, std::uint32_t device);
  // No effect when that pair is not in it.
  void erase(const Token& token, std::uint32_t device);
  // The device, kAmbiguous or kNone.
  [[nodiscard]] std::uint32_t find(const Token& token) const;
  // Hints the processor that `token` will be looked up.
  void prefetch(const Token& token) const {
    const Part& part = part_of(token);
    if (!part.entries.empty()) __builtin_prefetch(&part.entries[part.home(token)]);
  }
  // Entries; an ambiguous token counts once.
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Entry {
    Token token{};
    std::uint32_t device = kNone;
  };
  struct Part {
    [[nodiscard]] std::size_t home(const Token& token) const {
      // The upper 32 bits of hash x size: entries lie in hash order, so growing copies sequentially.
      return static_cast<std::size_t>(((TokenHash{}(token)&0xFFFFFFFFU) * std::uint64_t{entries.size()}) >> 32U);
    }
    [[nodiscard]] std::size_t next(std::size_t i) const { return i + 1 == entries.size() ? 0 : i + 1; }
    // Where the token is, or the empty place where it belongs.
    [[nodiscard]] std::size_t locate(const Token& token) const;
    void resize(std::size_t capacity);
    void remove_at(std::size_t hole);

    std::vector<Entry> entries;
    std::size_t size = 0;
  };
  // By other bits than those that give the place.
  static std::size_t number_of(const Token& token) { return std::to_integer<std::size_t>(token[4]) % kParts; }
  [[nodiscard]] Part& part_of(const Token& token) { return parts_[number_of(token)]; }
  [[nodiscard]] const Part& part_of(const Token& token) const { return parts_[number_of(token)]; }

  std::array<Part, kParts> parts_;
  std::size_t size_ = 0;
  Contested<Token, TokenHash> contested_;
};

}  // namespace aisle::identity
