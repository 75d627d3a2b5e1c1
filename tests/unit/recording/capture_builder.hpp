// Builds tiny captures byte by byte, and reads recordings whole.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/base/hex.hpp"
#include "ble/recording/recording.hpp"

namespace aisle::recording::testing {

class Builder {
 public:
  Builder& hex(std::string_view text) {
    const auto bytes = from_hex(text);
    return raw(bytes.value());
  }
  Builder& raw(ByteSpan bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  Builder& text(std::string_view text) {
    for (const char c : text) bytes_.push_back(static_cast<std::byte>(c));
    return *this;
  }
  Builder& number(std::uint64_t value, std::size_t width, bool big) {
    for (std::size_t i = 0; i < width; ++i) {
      const std::size_t shift = 8 * (big ? width - 1 - i : i);
      bytes_.push_back(static_cast<std::byte>((value >> shift) & 0xFFU));
    }
    return *this;
  }
  Builder& be(std::uint64_t value, std::size_t width) { return number(value, width, true); }
  Builder& le(std::uint64_t value, std::size_t width) { return number(value, width, false); }
  [[nodiscard]] const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

// One legacy report of a random address c1:02:03:04:05:06, -61 dBm, data 02 01 06.
inline constexpr std::string_view kLegacyEvent =
    "3e0f0201000106050403"
    "02c1"
    "03020106"
    "c3";

// One report of an extended event; `type` holds the data status in bits 5 and 6.
inline Bytes extended_report(unsigned type, std::string_view data_hex, std::uint8_t last_address_byte = 0x06,
                             std::uint8_t set = 1) {
  const Bytes data = from_hex(data_hex).value();
  Builder b;
  b.le(type, 2).hex("01").le(last_address_byte, 1).hex("05040302c1").hex("0100").le(set, 1).hex("7f").hex("c3");
  b.hex("0000").hex("00000000000000").le(data.size(), 1).raw(data);
  return b.bytes();
}

inline Bytes extended_event(const std::vector<Bytes>& reports) {
  std::size_t size = 2;
  for (const Bytes& report : reports) size += report.size();
  Builder b;
  b.hex("3e").le(size, 1).hex("0d").le(reports.size(), 1);
  for (const Bytes& report : reports) b.raw(report);
  return b.bytes();
}

inline Bytes bytes_of(std::string_view hex) {
  return from_hex(hex).value();
}

struct Recording {
  std::vector<Advert> adverts;
  std::vector<ReceiverState> states;
  std::string error;
  RecordingStats stats;
};

// Opens and reads everything; the error of opening lands in `error`.
inline Recording read_all(Bytes content) {
  Recording all;
  auto reader = open_recording(std::move(content));
  if (!reader) {
    all.error = reader.error().message();
    return all;
  }
  for (;;) {
    SourceItem item = (*reader)->next();
    if (auto* end = std::get_if<SourceEnd>(&item)) {
      all.error = end->error;
      break;
    }
    if (auto* advert = std::get_if<Advert>(&item)) all.adverts.push_back(std::move(*advert));
    if (auto* state = std::get_if<ReceiverState>(&item)) all.states.push_back(std::move(*state));
  }
  all.stats = (*reader)->stats();
  return all;
}

inline Recording read_all_text(std::string_view text) {
  return read_all(Builder().text(text).bytes());
}

}  // namespace aisle::recording::testing
