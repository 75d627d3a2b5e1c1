#include <filesystem>
#include <fstream>

#include "agent/records/records.hpp"

namespace aisle::records {
namespace {

constexpr std::size_t kMaxFileBytes = 512U << 20U;
constexpr std::size_t kMaxRecords = 5'000'000;
constexpr std::size_t kChunk = 1U << 20U;
constexpr std::string_view kSpace = " \t\r\n";

Result<std::string> read_text(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return fail("{}: a file expected, not a directory", path);
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail("{}: cannot be opened", path);
  std::string text;
  while (file && text.size() <= kMaxFileBytes) {
    const std::size_t before = text.size();
    text.resize(before + kChunk);
    file.read(text.data() + before, static_cast<std::streamsize>(kChunk));
    text.resize(before + static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad() || (file.fail() && !file.eof())) return fail("{}: cannot be read", path);
  if (text.size() > kMaxFileBytes) return fail("{}: at most {} bytes expected", path, kMaxFileBytes);
  return text;
}

// Walks a text and knows its line.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}
  [[nodiscard]] bool done() const { return at_ >= text_.size(); }
  [[nodiscard]] char peek() const { return done() ? '\0' : text_[at_]; }
  [[nodiscard]] std::size_t line() const { return line_; }
  void step() {
    if (peek() == '\n') ++line_;
    ++at_;
  }
  void skip_space() {
    while (!done() && kSpace.find(peek()) != std::string_view::npos) step();
  }
  // Up to the end of the line.
  std::string_view take_line() {
    const std::size_t begin = at_;
    while (!done() && peek() != '\n') step();
    return text_.substr(begin, at_ - begin);
  }
  // Up to the comma or bracket that ends this element of an array.
  std::string_view take_element() {
    const std::size_t begin = at_;
    std::size_t depth = 0;
    for (; !done(); step()) {
      const char c = peek();
      if (depth == 0 && (c == ',' || c == ']')) break;
      if (c == '"') skip_string();
      if (c == '[' || c == '{') ++depth;
      if ((c == ']' || c == '}') && depth > 0) --depth;
    }
    return text_.substr(begin, std::min(at_, text_.size()) - begin);
  }

 private:
  // From the opening quote to the closing one.
  void skip_string() {
    for (step(); !done() && peek() != '"'; step()) {
      if (peek() == '\\') step();
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

Status add_record(std::string_view text, std::size_t line, std::string_view path, std::vector<FileRecord>& out) {
  auto value = parse_json(text);
  if (!value) return fail("{}:{}: {}", path, line, value.error().message());
  if (out.size() == kMaxRecords) return fail("{}:{}: at most {} records expected", path, line, kMaxRecords);
  if (!value->is_object()) return fail("{}:{}: one JSON object a record expected", path, line);
  out.push_back({std::move(*value), line});
  return {};
}

Status read_array(Walker& walker, std::string_view path, std::vector<FileRecord>& out) {
  walker.step();
  walker.skip_space();
  bool closed = walker.peek() == ']';
  while (!closed) {
    walker.skip_space();
    const std::size_t line = walker.line();
    const auto element = walker.take_element();
    if (walker.done()) return fail("{}:{}: the array is not closed with \"]\"", path, walker.line());
    if (auto added = add_record(element, line, path, out); !added) return added;
    closed = walker.peek() == ']';
    if (!closed) walker.step();
  }
  walker.step();
  walker.skip_space();
  if (!walker.done()) return fail("{}:{}: nothing expected after the array", path, walker.line());
  return {};
}

Status read_lines(Walker& walker, std::string_view path, std::vector<FileRecord>& out) {
  for (walker.skip_space(); !walker.done(); walker.skip_space()) {
    const std::size_t line = walker.line();
    if (auto added = add_record(walker.take_line(), line, path, out); !added) return added;
  }
  return {};
}

}  // namespace

Result<std::vector<FileRecord>> read_record_file(const std::string& path) {
  const auto text = read_text(path);
  if (!text) return tl::unexpected(text.error());
  std::string_view body = *text;
  if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
  Walker walker(body);
  walker.skip_space();
  std::vector<FileRecord> out;
  const Status read = walker.peek() == '[' ? read_array(walker, path, out) : read_lines(walker, path, out);
  if (!read) return tl::unexpected(read.error());
  return out;
}

}  // namespace aisle::records
