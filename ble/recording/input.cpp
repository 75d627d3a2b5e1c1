#include "ble/recording/input.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

namespace aisle::recording {
namespace {

std::string reason(int code) {
  return std::generic_category().message(code);
}

class FileSource final : public ByteSource {
 public:
  explicit FileSource(std::FILE* file) : file_(file) {}
  ~FileSource() override { std::fclose(file_); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  std::size_t read(std::span<std::byte> into) override {
    const std::size_t count = std::fread(into.data(), 1, into.size(), file_);
    if (count < into.size() && std::ferror(file_) != 0) error_ = "read error: " + reason(errno);
    return count;
  }
  [[nodiscard]] std::string error() const override { return error_; }

 private:
  std::FILE* file_;
  std::string error_;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(Bytes bytes) : bytes_(std::move(bytes)) {}
  std::size_t read(std::span<std::byte> into) override {
    const std::size_t count = std::min(into.size(), bytes_.size() - at_);
    if (count > 0) std::memcpy(into.data(), bytes_.data() + at_, count);
    at_ += count;
    return count;
  }

 private:
  Bytes bytes_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_file(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rbe");
  if (file == nullptr) return fail("cannot open {}: {}", path, reason(errno));
  struct stat about {};
  if (fstat(fileno(file), &about) == 0 && S_ISDIR(about.st_mode)) {
    std::fclose(file);
    return fail("cannot open {}: it is a directory", path);
  }
  return std::make_unique<FileSource>(file);
}

std::unique_ptr<ByteSource> memory_source(Bytes bytes) {
  return std::make_unique<MemorySource>(std::move(bytes));
}

bool Input::fill() {
  if (drained_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  const auto room = std::span<std::byte>(buffer_).subspan(end_);
  const std::size_t count = source_->read(room);
  end_ += count;
  if (count < room.size()) drained_ = true;
  return count > 0;
}

ByteSpan Input::peek(std::size_t count) {
  count = std::min(count, kMaxPeek);
  while (available().size() < count && fill()) {
  }
  return available().first(std::min(count, available().size()));
}

bool Input::at_end() {
  return peek(1).empty();
}

bool Input::read(std::uint64_t count, Bytes& out, std::size_t limit) {
  out.clear();
  while (count > 0) {
    if (begin_ == end_ && !fill()) return false;
    const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(count, available().size()));
    const ByteSpan kept = available().first(std::min(step, limit - out.size()));
    out.insert(out.end(), kept.begin(), kept.end());
    begin_ += step;
    count -= step;
  }
  return true;
}

Input::Line Input::read_line(std::string& out, std::size_t limit) {
  out.clear();
  Line line;
  while (!line.ended) {
    if (begin_ == end_ && !fill()) break;
    line.any = true;
    const ByteSpan all = available();
    const auto newline = std::find(all.begin(), all.end(), std::byte{'\n'});
    line.ended = newline != all.end();
    const auto step = static_cast<std::size_t>(newline - all.begin());
    const std::size_t kept = std::min(step, limit - out.size());
    line.cut = line.cut || kept < step;
    const std::size_t old = out.size();
    out.resize(old + kept);
    if (kept > 0) std::memcpy(out.data() + old, all.data(), kept);
    begin_ += step + (line.ended ? 1 : 0);
  }
  return line;
}

}  // namespace aisle::recording
