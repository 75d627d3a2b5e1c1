#include "ble/bluez/adapter_picker.hpp"

#include <algorithm>
#include <utility>

namespace aisle::bluez {
namespace {

constexpr std::size_t kMaxAdapters = 64;

template <class T, class Field>
void assign(Field& field, const Value& value) {
  if (const auto* typed = std::get_if<T>(&value)) field = *typed;
}

}  // namespace

void AdapterPicker::update(const std::string& path, const Properties& changed) {
  if (!knows(path) && adapters_.size() >= kMaxAdapters) return;
  AdapterState& state = adapters_[path];
  for (const auto& property : changed) {
    if (property.name == "Powered") assign<bool>(state.powered, property.value);
    if (property.name == "Discovering") assign<bool>(state.discovering, property.value);
    if (property.name == "Address") assign<std::string_view>(state.address, property.value);
  }
}

std::string AdapterPicker::pick(const std::string& current) const {
  if (wanted_.find(':') != std::string::npos) {
    const auto found = std::find_if(adapters_.begin(), adapters_.end(),
                                    [this](const auto& entry) { return entry.second.address == wanted_; });
    return found == adapters_.end() ? std::string() : found->first;
  }
  if (!wanted_.empty()) {
    const std::string path = "/org/bluez/" + wanted_;
    return knows(path) ? path : std::string();
  }
  if (knows(current)) return current;
  const auto first = std::min_element(adapters_.begin(), adapters_.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first.size(), a.first) < std::pair(b.first.size(), b.first);
  });
  return first == adapters_.end() ? std::string() : first->first;
}

AdapterState AdapterPicker::state(const std::string& path) const {
  const auto found = adapters_.find(path);
  return found == adapters_.end() ? AdapterState{} : found->second;
}

}  // namespace aisle::bluez
