// The key `adapter` of [ble]: one Bluetooth adapter, or several with the receivers that they hear for.
#include <algorithm>
#include <set>

#include "agent/model/ids.hpp"
#include "config/section_readers.hpp"

namespace aisle::config {
namespace {

constexpr std::size_t kMaxAdapters = 16;
constexpr std::string_view kName = "an adapter as \"hci0\" or by its address as \"AA:BB:CC:DD:EE:FF\"";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// As the kernel names them: "hci" and an unsigned 16-bit number.
bool is_kernel_name(std::string_view text) {
  constexpr std::string_view kPrefix = "hci";
  if (!text.starts_with(kPrefix)) return false;
  text.remove_prefix(kPrefix.size());
  if (text.empty() || text.size() > 5 || (text.size() > 1 && text.front() == '0')) return false;
  return std::ranges::all_of(text, is_digit);
}

// Six octets in upper case with colons between them.
bool is_address(std::string_view text) {
  if (text.size() != 17) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool fits = i % 3 == 2 ? text[i] == ':' : is_digit(text[i]) || (text[i] >= 'A' && text[i] <= 'F');
    if (!fits) return false;
  }
  return true;
}

std::string upper_case_address(const std::string& text) {
  std::string out = text;
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c; });
  return is_address(out) ? out : text;
}

// What is expected instead, where it is not right.
std::optional<std::string> check(AdapterEntry& entry) {
  entry.name = upper_case_address(entry.name);
  if (!is_kernel_name(entry.name) && !is_address(entry.name))
    return fmt::format("{} expected, not \"{}\"", kName, printable(entry.name, 40));
  if (!entry.receiver.empty() && !is_site_id(entry.receiver))
    return fmt::format("a gateway id as receiver expected, not \"{}\"", printable(entry.receiver));
  return std::nullopt;
}

std::string path_of(TableReader& ble, std::size_t index) {
  return fmt::format("{}[{}]", ble.path_of("adapter"), index);
}

// One element: a name, or a table with the receiver beside it.
bool read_entry(TableReader& ble, const toml::node& node, std::size_t index, AdapterEntry& out) {
  if (const auto* text = node.as_string()) {
    out.name = text->get();
  } else if (const auto* table = node.as_table()) {
    TableReader reader = ble.element("adapter", *table, index);
    const bool named = reader.required_text("name", out.name, {1, 32}, kName);
    const bool right = !reader.has("receiver") || reader.text("receiver", out.receiver, {1, 32});
    reader.take("receiver");
    reader.finish();
    if (!named || !right) return false;
  } else {
    ble.problem_at(node, path_of(ble, index),
                   fmt::format("a name or a table with name and receiver expected, not {}", describe(node)));
    return false;
  }
  const auto wrong = check(out);
  if (wrong) ble.problem_at(node, path_of(ble, index), *wrong);
  return !wrong;
}

// A name and an address may mean the same adapter, which cannot be seen from here.
void refuse_mixture(TableReader& ble, const std::vector<AdapterEntry>& entries) {
  const auto addresses = std::ranges::count_if(entries, [](const auto& entry) { return is_address(entry.name); });
  if (addresses != 0 && addresses != std::ssize(entries))
    ble.problem("adapter", "all by name or all by address expected: one of each may be the same adapter");
}

void read_list(TableReader& ble, const toml::array& list, std::vector<AdapterEntry>& out) {
  if (list.empty()) return ble.problem("adapter", "at least one adapter expected");
  std::vector<AdapterEntry> entries;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < list.size(); ++i) {
    AdapterEntry entry;
    const toml::node& node = *list.get(i);
    if (!read_entry(ble, node, i, entry)) continue;
    if (!seen.insert(entry.name).second)
      ble.problem_at(node, path_of(ble, i), fmt::format("\"{}\" is listed twice", entry.name));
    entries.push_back(std::move(entry));
  }
  refuse_mixture(ble, entries);
  if (!entries.empty()) out = std::move(entries);
}

}  // namespace

void read_adapters(TableReader& ble, std::vector<AdapterEntry>& out) {
  ble.note("adapter", fmt::format(R"("type":["string","array"],"minItems":1,"maxItems":{},)"
                                  R"("items":{{"anyOf":[{{"type":"string"}},{{"type":"object"}}]}})",
                                  kMaxAdapters));
  const toml::node* node = ble.take("adapter");
  if (node == nullptr) return;
  if (const auto* text = node->as_string()) {
    AdapterEntry entry{text->get(), ""};
    if (entry.name.empty()) return;  // the first
    if (const auto wrong = check(entry)) return ble.problem("adapter", *wrong);
    out = {entry};
  } else if (const auto* list = ble.array("adapter", kMaxAdapters, "a name, or an array of names and tables,")) {
    read_list(ble, *list, out);
  }
}

}  // namespace aisle::config
