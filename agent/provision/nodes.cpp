#include "agent/provision/nodes.hpp"

#include <algorithm>

namespace aisle::provision {
namespace {

bool is_host_text(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_' || c == ':' || c == '[' || c == ']';
  };
  return !text.empty() && text.size() <= 300 && std::ranges::all_of(text, allowed);
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    if (c == ',') {
      out.emplace_back();
    } else if (c != ' ') {
      out.back() += c;
    }
  }
  return out;
}

}  // namespace

Status check_broker(std::string_view broker) {
  const auto nodes = split(broker);
  if (std::ranges::all_of(nodes, [](const auto& node) { return is_host_text(node); })) return {};
  return fail("--broker: HOST or HOST:PORT expected, several with commas, not \"{}\"", broker.substr(0, 100));
}

std::vector<std::string> broker_nodes(std::string_view broker) {
  std::vector<std::string> out = split(broker);
  for (std::string& node : out) {
    // An IPv6 address with a port stands in brackets.
    const bool has_port =
        node.starts_with('[') ? node.find("]:") != std::string::npos : std::ranges::count(node, ':') == 1;
    if (!has_port) node += ":8883";
  }
  return out;
}

std::string name_of(const std::string& store, const std::string& gateway) {
  return store + "/" + gateway;
}

}  // namespace aisle::provision
