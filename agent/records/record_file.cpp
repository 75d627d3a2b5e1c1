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

std::string name_in(const nlohmann::json& record) {
  for (const char* name : {"id", "sku"}) {
    const auto found = record.find(name);
    if (found != record.end() && found->is_string()) return found->get<std::string>();
  }
  return {};
}

class Reader {
 public:
  Reader(std::string_view path, std::string place_word) : path_(path) { file_.place_word = std::move(place_word); }

  // Error: there are too many.
  Status add(std::string_view text, Result<nlohmann::json> value, std::size_t line, std::size_t place) {
    if (file_.records.size() == kMaxRecords)
      return error_at(line, fmt::format("at most {} records expected", kMaxRecords));
    if (!value) return refuse({}, line, place, value.error().message());
    if (!value->is_object()) return refuse({}, line, place, "one JSON object a record expected");
    if (const auto name = repeated_name(text))
      return refuse(name_in(*value), line, place, fmt::format("\"{}\" is there twice", *name));
    file_.records.push_back({std::move(*value), line, place});
    return {};
  }
  [[nodiscard]] Status error_at(std::size_t line, std::string_view why) const {
    return fail("{}:{}: {}", path_, line, why);
  }
  // Nothing but what is refused: it is not what it was meant to be, and does not replace anything.
  Result<RecordFile> take() {
    if (file_.records.empty() && !file_.refused.empty())
      return tl::unexpected(error_at(first_refused_, file_.refused.front().why).error());
    return std::move(file_);
  }

 private:
  Status refuse(std::string id, std::size_t line, std::size_t place, std::string why) {
    if (file_.refused.empty()) first_refused_ = line;
    file_.refused.push_back({std::move(id), fmt::format("{} {}", file_.place_word, place), std::move(why)});
    return {};
  }

  std::string_view path_;
  RecordFile file_;
  std::size_t first_refused_ = 0;  // line
};

Status read_array(Walker& walker, Reader& reader) {
  walker.step();
  walker.skip_space();
  bool closed = walker.peek() == ']';
  for (std::size_t number = 1; !closed; ++number) {
    walker.skip_space();
    const std::size_t line = walker.line();
    const auto element = walker.take_element();
    if (walker.done()) return reader.error_at(walker.line(), "the array is not closed with \"]\"");
    auto value = parse_json(element);
    if (!value) return reader.error_at(line, value.error().message());
    if (auto added = reader.add(element, std::move(value), line, number); !added) return added;
    closed = walker.peek() == ']';
    if (!closed) walker.step();
  }
  walker.step();
  walker.skip_space();
  if (!walker.done()) return reader.error_at(walker.line(), "nothing expected after the array");
  return {};
}

Status read_lines(Walker& walker, Reader& reader) {
  for (walker.skip_space(); !walker.done(); walker.skip_space()) {
    const std::size_t line = walker.line();
    const auto text = walker.take_line();
    if (auto added = reader.add(text, parse_json(text), line, line); !added) return added;
  }
  return {};
}

}  // namespace

Result<RecordFile> read_record_file(const std::string& path) {
  const auto text = read_text(path);
  if (!text) return tl::unexpected(text.error());
  std::string_view body = *text;
  if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
  Walker walker(body);
  walker.skip_space();
  const bool array = walker.peek() == '[';
  Reader reader(path, array ? "record" : "line");
  if (const Status read = array ? read_array(walker, reader) : read_lines(walker, reader); !read)
    return tl::unexpected(read.error());
  return reader.take();
}

}  // namespace aisle::records
