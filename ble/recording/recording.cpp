#include "ble/recording/recording.hpp"

#include <algorithm>

#include "ble/recording/formats.hpp"
#include "ble/recording/readers.hpp"

namespace aisle::recording {
namespace {

bool is_space(std::byte b) {
  return b == std::byte{' '} || b == std::byte{'\t'} || b == std::byte{'\r'} || b == std::byte{'\n'};
}

// JSON lines: text with a line that begins as an object. So a first line that is broken is only one bad line.
bool is_jsonl(ByteSpan head) {
  if (head.size() >= 3 && head[0] == std::byte{0xEF} && head[1] == std::byte{0xBB} && head[2] == std::byte{0xBF})
    head = head.subspan(3);  // byte order mark
  bool line_start = true;
  for (const std::byte b : head) {
    if (line_start && b == std::byte{'{'}) return true;
    if (b < std::byte{0x20} && !is_space(b)) return false;
    line_start = b == std::byte{'\n'} || (line_start && is_space(b));
  }
  return false;
}

Result<std::unique_ptr<RecordingReader>> open_input(std::unique_ptr<Input> input) {
  const ByteSpan head = input->peek(Input::kMaxPeek);
  const bool blank = std::all_of(head.begin(), head.end(), is_space);
  if (blank && !input->error().empty()) return fail("{}", input->error());
  if (!is_btsnoop(head) && !is_pcap(head) && !is_pcapng(head)) {
    if (blank || is_jsonl(head)) return make_jsonl_reader(std::move(input));
    return fail("not a recording: btsnoop, pcap, pcapng or JSON lines expected");
  }
  auto packets = is_btsnoop(head) ? open_btsnoop(std::move(input))
                 : is_pcap(head)  ? open_pcap(std::move(input))
                                  : open_pcapng(std::move(input));
  if (!packets) return tl::unexpected(packets.error());
  return make_capture_reader(std::move(*packets));
}

}  // namespace

Result<std::unique_ptr<RecordingReader>> open_recording(const std::string& path) {
  auto file = open_file(path);
  if (!file) return tl::unexpected(file.error());
  auto reader = open_input(std::make_unique<Input>(std::move(*file)));
  if (!reader) return tl::unexpected(reader.error().within(path));
  return reader;
}

Result<std::unique_ptr<RecordingReader>> open_recording(Bytes content) {
  return open_input(std::make_unique<Input>(memory_source(std::move(content))));
}

}  // namespace aisle::recording
