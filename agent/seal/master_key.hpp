// The one key that is not on the gateway's disk; all that rests there is encrypted under keys derived from it.
#pragma once

#include <string_view>

#include "agent/seal/box.hpp"

namespace aisle::seal {

class MasterKey {
 public:
  explicit MasterKey(const Key256& key);
  [[nodiscard]] Key256 page_key() const { return derive(key_, 1); }     // of pages
  [[nodiscard]] Key256 frame_key() const { return derive(key_, 2); }    // of the log's frame headers
  [[nodiscard]] Key256 wrapper_key() const { return derive(key_, 3); }  // of the wrapping keys of days
  [[nodiscard]] BoxKeys box_keys() const { return BoxKeys(derive(key_, 4)); }
  // Tells keys apart and says nothing about them.
  [[nodiscard]] std::array<std::byte, 8> id() const;

 private:
  Key256 key_;
};

// From "credential:NAME" or a path: 32 bytes, or their 64 hex digits or base64. Error: what is expected.
[[nodiscard]] Result<MasterKey> read_master_key(std::string_view source);

// A path of a file system that is not in memory: who takes the disk may have the key.
[[nodiscard]] bool rests_on_disk(std::string_view source);

}  // namespace aisle::seal
