// Buffered bytes of a file or of memory, read front to back in bounded memory. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "agent/base/hex.hpp"
#include "agent/base/result.hpp"

namespace aisle::recording {

// Where bytes come from.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills the front of `into`; fewer than asked only at the end, or after an error, which `error` then tells.
  virtual std::size_t read(std::span<std::byte> into) = 0;
  [[nodiscard]] virtual std::string error() const { return {}; }
};

// Error: names the file and the reason, as it cannot be opened or is no file.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> open_file(const std::string& path);
[[nodiscard]] std::unique_ptr<ByteSource> memory_source(Bytes bytes);

class Input {
 public:
  explicit Input(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  static constexpr std::size_t kMaxPeek = 4096;
  // The next `count` bytes (at most kMaxPeek) without consuming them; fewer at the end.
  [[nodiscard]] ByteSpan peek(std::size_t count);

  // Reads `count` bytes, of which the first `limit` go to `out` and the rest is passed over. False: the input ended
  // before; `out` holds what was there.
  bool read(std::uint64_t count, Bytes& out, std::size_t limit);

  struct Line {
    bool any = false;    // false: there are no more lines
    bool cut = false;    // longer than the limit; the rest of it was passed over
    bool ended = false;  // a newline followed
  };
  // The next line without its newline, at most `limit` bytes.
  Line read_line(std::string& out, std::size_t limit);

  [[nodiscard]] bool at_end();
  [[nodiscard]] std::string error() const { return source_->error(); }

 private:
  [[nodiscard]] ByteSpan available() const { return ByteSpan(buffer_).subspan(begin_, end_ - begin_); }
  bool fill();

  std::unique_ptr<ByteSource> source_;
  Bytes buffer_ = Bytes(std::size_t{64} * 1024);
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool drained_ = false;
};

}  // namespace aisle::recording
