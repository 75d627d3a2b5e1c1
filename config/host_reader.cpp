// The key `host` of [sync].
#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

#include "config/section_readers.hpp"

namespace aisle::config {
namespace {

constexpr std::size_t kMaxNodes = 16;
constexpr std::size_t kMaxNode = 253;
constexpr std::string_view kExpected = "a host name or address expected, or one with a port,";

std::optional<std::uint16_t> port_of(std::string_view text) {
  int port = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || port < 1 || port > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(port);
}

// The address of "[2001:db8::1]", and what stands behind it.
std::optional<std::pair<std::string_view, std::string_view>> split_brackets(std::string_view text) {
  const auto end = text.find(']');
  if (end == std::string_view::npos || end == 1) return std::nullopt;
  return std::pair(text.substr(1, end - 1), text.substr(end + 1));
}

// "name", "name:1883", "2001:db8::1", "[2001:db8::1]" or "[2001:db8::1]:1883"; a port left out stays 0.
std::optional<BrokerNode> parse_node(std::string_view text) {
  if (text.find_first_of(" /,") != std::string_view::npos) return std::nullopt;
  std::string_view host = text;
  std::string_view port;
  if (text.starts_with('[')) {
    const auto parts = split_brackets(text);
    if (!parts) return std::nullopt;
    std::tie(host, port) = *parts;
  } else if (std::ranges::count(text, ':') == 1) {
    host = text.substr(0, text.find(':'));
    port = text.substr(text.find(':'));
  }
  if (port.empty()) return BrokerNode{std::string(host), 0};
  const auto number = port.front() == ':' ? port_of(port.substr(1)) : std::nullopt;
  if (!number || host.empty()) return std::nullopt;
  return BrokerNode{std::string(host), *number};
}

void read_list(TableReader& sync, const toml::array& list, SyncSection& out) {
  if (list.empty()) return sync.problem("host", "at least one host expected");
  std::vector<BrokerNode> nodes;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const toml::node& element = *list.get(i);
    const auto* text = element.as_string();
    const bool fits = text != nullptr && !text_problem(text->get(), {1, kMaxNode});
    auto node = fits ? parse_node(text->get()) : std::nullopt;
    const std::string path = fmt::format("{}[{}]", sync.path_of("host"), i);
    if (!node) {
      sync.problem_at(element, path, fmt::format("{} not {}", kExpected, describe(element)));
      continue;
    }
    if (node->port == 0) node->port = out.port;
    if (std::ranges::find(nodes, *node) != nodes.end())
      sync.problem_at(element, path, fmt::format("\"{}\" is listed twice", printable(text->get())));
    nodes.push_back(std::move(*node));
  }
  if (nodes.empty()) return;
  out.host = nodes.front().host;
  out.nodes = std::move(nodes);
}

}  // namespace

void read_hosts(TableReader& sync, SyncSection& out) {
  sync.note("host",
            fmt::format(R"("type":["string","array"],"minLength":1,"maxLength":{0},"minItems":1,"maxItems":{1},)"
                        R"("items":{{"type":"string","minLength":1,"maxLength":{0}}})",
                        kMaxNode, kMaxNodes));
  const toml::node* node = sync.take("host");
  if (node != nullptr && node->is_array()) {
    if (const auto* list = sync.array("host", kMaxNodes, "a host, or an array of hosts,")) read_list(sync, *list, out);
    return;
  }
  std::string text;
  if (!sync.text("host", text, {1, kMaxNode})) return;
  const auto one = parse_node(text);
  if (!one) return sync.problem("host", fmt::format("{} not \"{}\"", kExpected, printable(text)));
  out.host = one->host;
  if (one->port != 0) out.nodes = {*one};
}

bool all_loopback(const SyncSection& sync) {
  if (sync.nodes.empty()) return is_loopback(sync.host);
  return std::ranges::all_of(sync.nodes, [](const auto& node) { return is_loopback(node.host); });
}

}  // namespace aisle::config
