// The log of SQLite's "WAL" format: a header of 32 bytes, then frames of a header (24 bytes) and a page.
#include <algorithm>

#include "agent/seal/aead.hpp"
#include "agent/store/sealed_file.hpp"

namespace aisle::store {
namespace {

constexpr std::int64_t kLogHeader = 32;
constexpr auto kHeader = static_cast<std::int64_t>(kFrameHeaderBytes);
constexpr std::int64_t kFrame = kHeader + static_cast<std::int64_t>(kPageBytes);

using Frame = std::array<std::byte, kFrameHeaderBytes + kPageBytes>;

std::int64_t place_of(std::int64_t frame) {
  return kLogHeader + frame * kFrame;
}

FrameHeader header_of(const Frame& frame) {
  FrameHeader header{};
  std::ranges::copy_n(frame.begin(), kHeader, header.begin());
  return header;
}

// The first word, big-endian, is the number of the frame's page.
std::uint32_t page_number(std::span<const std::byte> header) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8U | std::to_integer<std::uint32_t>(header[i]);
  return number;
}

class SealedLog final : public SealedFile {
 public:
  SealedLog(RawFile file, PageCipher& cipher) : file_(file), cipher_(cipher) {}

  int read(std::span<std::byte> to, std::int64_t at) override {
    return in_parts(to, at, [this](std::span<std::byte> part, std::int64_t frame, std::int64_t offset) {
      return frame < 0 ? file_.read(part, offset) : read_frame(part, frame, offset);
    });
  }

  int write(std::span<const std::byte> from, std::int64_t at) override {
    wrote_ = true;
    return in_parts(from, at, [this](std::span<const std::byte> part, std::int64_t frame, std::int64_t offset) {
      if (frame < 0) return file_.write(part, offset);
      const auto to_page = static_cast<std::size_t>(
          std::clamp<std::int64_t>(kHeader - offset, 0, static_cast<std::int64_t>(part.size())));
      if (to_page > 0) {
        if (const int code = gather(part.first(to_page), frame, offset); code != SQLITE_OK) return code;
      }
      if (to_page == part.size()) return SQLITE_OK;
      return gather(part.subspan(to_page), frame, offset + static_cast<std::int64_t>(to_page));
    });
  }

  int truncate(std::int64_t size) override {
    std::int64_t end = 0;
    if (file_.size(end) == SQLITE_OK && end > size) overwrite(size, end);
    return file_.truncate(size);
  }

 private:
  // Calls `take` with each part of `span` that lies in the header of the log (frame -1, offset in the file) or in one
  // frame (offset in the frame).
  template <class Span, class Take>
  static int in_parts(Span span, std::int64_t at, const Take& take) {
    while (!span.empty()) {
      const bool in_header = at < kLogHeader;
      const std::int64_t frame = in_header ? -1 : (at - kLogHeader) / kFrame;
      const std::int64_t offset = in_header ? at : (at - kLogHeader) % kFrame;
      const auto room = static_cast<std::size_t>((in_header ? kLogHeader : kFrame) - offset);
      const std::size_t size = std::min(span.size(), room);
      if (const int code = take(span.first(size), frame, offset); code != SQLITE_OK) return code;
      span = span.subspan(size);
      at += static_cast<std::int64_t>(size);
    }
    return SQLITE_OK;
  }

  // Old versions of pages are not left behind in the file system's free blocks. Best effort. The header goes first and
  // for good: a log with a beginning and no end would bring back what is old.
  void overwrite(std::int64_t from, std::int64_t end) {
    static constexpr std::array<std::byte, std::size_t{16} * kPageBytes> kZeros{};
    if (from == 0 && (file_.write(std::span(kZeros).first(kLogHeader), 0) != SQLITE_OK || file_.sync() != SQLITE_OK))
      return;
    for (std::int64_t at = from; at < end;) {
      const auto part = std::min(end - at, static_cast<std::int64_t>(kZeros.size()));
      if (file_.write(std::span(kZeros).first(static_cast<std::size_t>(part)), at) != SQLITE_OK) return;
      at += part;
    }
    file_.sync();
  }

  int read_frame(std::span<std::byte> to, std::int64_t frame, std::int64_t offset) {
    const bool with_page = offset + static_cast<std::int64_t>(to.size()) > kHeader;
    const auto raw = std::span(frame_).first(with_page ? frame_.size() : kFrameHeaderBytes);
    if (const int code = file_.read(raw, place_of(frame)); code != SQLITE_OK) {
      std::ranges::fill(to, std::byte{0});
      return code;
    }
    if (with_page && !open_page()) {
      // While the log is read at the start a torn frame is what ends it: SQLite finds that its checksum, which nobody
      // can foresee, is wrong. Later it is damage.
      if (wrote_ || offset > 0) return SQLITE_CORRUPT;
      seal::fill_random(std::span(frame_).subspan(kFrameHeaderBytes));
    }
    auto header = header_of(frame_);
    cipher_.open(header);
    std::ranges::copy(header, frame_.begin());
    std::ranges::copy_n(frame_.begin() + offset, static_cast<std::ptrdiff_t>(to.size()), to.begin());
    return SQLITE_OK;
  }

  bool open_page() {
    const auto page = std::span(frame_).subspan<kFrameHeaderBytes>();
    if (!cipher_.open(PagePlace::log, page_number(frame_), page, page_)) return false;
    std::ranges::copy(page_, page.begin());
    return true;
  }

  // A header or a page may come in two pieces, when SQLite syncs in between.
  int gather(std::span<const std::byte> piece, std::int64_t frame, std::int64_t offset) {
    const bool page = offset >= kHeader;
    const std::int64_t begin = page ? kHeader : 0;
    if (offset == begin) {
      frame_gathered_ = frame;
      gathered_ = begin;
    }
    if (frame_gathered_ != frame || gathered_ != offset) return SQLITE_IOERR_WRITE;
    std::ranges::copy(piece, (page ? page_.begin() + offset - kHeader : header_.begin() + offset));
    gathered_ = offset + static_cast<std::int64_t>(piece.size());
    if (gathered_ != (page ? kFrame : kHeader)) return SQLITE_OK;
    return page ? write_page(frame) : write_header(frame);
  }

  int write_header(std::int64_t frame) {
    number_frame_ = frame;
    number_ = page_number(header_);
    auto sealed = header_;
    cipher_.seal(sealed);
    return file_.write(sealed, place_of(frame));
  }

  int write_page(std::int64_t frame) {
    if (number_frame_ != frame) {  // written anew under the header that is there
      FrameHeader header{};
      if (const int code = file_.read(header, place_of(frame)); code != SQLITE_OK) return SQLITE_IOERR_WRITE;
      number_ = page_number(header);
      number_frame_ = frame;
    }
    const auto sealed = std::span(frame_).subspan<kFrameHeaderBytes>();
    cipher_.seal(PagePlace::log, number_, page_, sealed);
    return file_.write(sealed, place_of(frame) + kHeader);
  }

  RawFile file_;
  PageCipher& cipher_;
  bool wrote_ = false;
  Frame frame_{};  // as on the disk, or opened in place
  std::array<std::byte, kPageBytes> page_{};
  FrameHeader header_{};
  std::int64_t frame_gathered_ = -1, gathered_ = 0;
  std::int64_t number_frame_ = -1;  // whose page number is number_
  std::uint32_t number_ = 0;
};

}  // namespace

std::unique_ptr<SealedFile> make_sealed_log(RawFile file, PageCipher& cipher) {
  return std::make_unique<SealedLog>(file, cipher);
}

}  // namespace aisle::store
