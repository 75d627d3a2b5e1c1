#include <algorithm>

#include "agent/store/sealed_file.hpp"

namespace aisle::store {
namespace {

constexpr auto kPage = static_cast<std::int64_t>(kPageBytes);
constexpr std::int64_t kSectorBytes = 512;  // the least that SQLite knows
constexpr std::size_t kReservedAt = 20;     // in the header of a database: bytes reserved on each page

class SealedDatabase final : public SealedFile {
 public:
  SealedDatabase(RawFile file, PageCipher& cipher) : file_(file), cipher_(cipher) {}

  int read(std::span<std::byte> to, std::int64_t at) override {
    while (!to.empty()) {
      const auto offset = static_cast<std::size_t>(at % kPage);
      const std::size_t part = std::min(to.size(), kPageBytes - offset);
      const int code = load(at / kPage);
      // The header alone is looked at before the log is, which may have page 1 whole.
      const bool header = at < kPage && part < kPageBytes;
      if (code != SQLITE_OK) std::ranges::fill(to, std::byte{0});
      if (code != SQLITE_OK && !(code == SQLITE_CORRUPT && header)) return code;
      if (code == SQLITE_OK)
        std::ranges::copy_n(page_.begin() + at % kPage, static_cast<std::ptrdiff_t>(part), to.begin());
      to = to.subspan(part);
      at += static_cast<std::int64_t>(part);
    }
    return SQLITE_OK;
  }

  int write(std::span<const std::byte> from, std::int64_t at) override {
    if (from.size() != kPageBytes || at % kPage != 0) return SQLITE_IOERR_WRITE;
    const auto page = from.first<kPageBytes>();
    // Without room for the seal, content would be lost.
    if (at == 0 && page[kReservedAt] != std::byte{seal::kSealBytes}) return SQLITE_IOERR_WRITE;
    cipher_.seal(PagePlace::database, number_of(at / kPage), page, sealed_);
    return file_.write(sealed_, at);
  }

  int truncate(std::int64_t size) override { return file_.truncate(size); }

 private:
  static std::uint32_t number_of(std::int64_t index) { return static_cast<std::uint32_t>(index + 1); }

  int load(std::int64_t index) {
    const int code = file_.read(sealed_, index * kPage);
    if (code != SQLITE_OK) return code;
    return cipher_.open(PagePlace::database, number_of(index), sealed_, page_) ? SQLITE_OK : SQLITE_CORRUPT;
  }

  RawFile file_;
  PageCipher& cipher_;
  std::array<std::byte, kPageBytes> page_{}, sealed_{};
};

// A page's record is its number (4 bytes), the page and a checksum (4 bytes). Headers begin on sectors, where a page
// never does: four bytes go before it.
class SealedJournal final : public SealedFile {
 public:
  SealedJournal(RawFile file, PageCipher& cipher) : file_(file), cipher_(cipher) {}
  int read(std::span<std::byte> to, std::int64_t at) override {
    if (!is_page(to.size(), at)) return file_.read(to, at);
    if (const int code = file_.read(sealed_, at); code != SQLITE_OK) return code;
    // One that does not open is noise, which its checksum tells.
    if (!cipher_.open(PagePlace::journal, number_before(at), sealed_, page_)) seal::fill_random(page_);
    std::ranges::copy(page_, to.begin());
    return SQLITE_OK;
  }
  int write(std::span<const std::byte> from, std::int64_t at) override {
    if (!is_page(from.size(), at)) return from.size() > kPageBytes ? SQLITE_IOERR_WRITE : file_.write(from, at);
    cipher_.seal(PagePlace::journal, number_before(at), from.first<kPageBytes>(), sealed_);
    return file_.write(sealed_, at);
  }
  int truncate(std::int64_t size) override { return file_.truncate(size); }

 private:
  static bool is_page(std::size_t size, std::int64_t at) { return size == kPageBytes && at % kSectorBytes != 0; }
  std::uint32_t number_before(std::int64_t at) {
    std::array<std::byte, 4> bytes{};
    std::uint32_t number = 0;
    if (file_.read(bytes, at - 4) != SQLITE_OK) return number;
    for (const std::byte byte : bytes) number = number << 8U | std::to_integer<std::uint32_t>(byte);
    return number;
  }

  RawFile file_;
  PageCipher& cipher_;
  std::array<std::byte, kPageBytes> page_{}, sealed_{};
};

}  // namespace

std::unique_ptr<SealedFile> make_sealed_database(RawFile file, PageCipher& cipher) {
  return std::make_unique<SealedDatabase>(file, cipher);
}

std::unique_ptr<SealedFile> make_sealed_journal(RawFile file, PageCipher& cipher) {
  return std::make_unique<SealedJournal>(file, cipher);
}

}  // namespace aisle::store
