#include "ble/source/radio_summary.hpp"

#include <algorithm>
#include <utility>

namespace aisle {
namespace {

constexpr const char* kHearing = "hearing";

// Whether a field is the same for all.
template <class Get>
bool agree(const std::vector<RadioStatus>& radios, Get get) {
  return std::all_of(radios.begin(), radios.end(),
                     [&](const RadioStatus& radio) { return get(radio) == get(radios.front()); });
}

// "hci0 <words>, hci1 <words>" of those that `pick` takes.
template <class Pick, class Words>
std::string list(const std::vector<RadioStatus>& radios, const char* between, Pick pick, Words words) {
  std::string out;
  for (const auto& radio : radios) {
    if (pick(radio)) out += (out.empty() ? "" : between) + radio.adapter + words(radio);
  }
  return out;
}

bool every(const RadioStatus& /*radio*/) {
  return true;
}

std::string state_of(const std::vector<RadioStatus>& radios) {
  const auto state = [](const RadioStatus& radio) { return radio.state; };
  if (agree(radios, state)) return radios.front().state;
  const bool some =
      std::any_of(radios.begin(), radios.end(), [](const auto& radio) { return radio.state == kHearing; });
  return some ? "degraded" : "not hearing";
}

std::string detail_of(const std::vector<RadioStatus>& radios, const std::string& state) {
  if (state == kHearing) return list(radios, ", ", every, [](const auto&) { return std::string(); });
  if (state == radios.front().state && agree(radios, [](const RadioStatus& radio) { return radio.detail; }))
    return radios.front().detail;
  return list(
      radios, "; ", [](const RadioStatus& radio) { return radio.state != kHearing; },
      [](const RadioStatus& radio) {
        return ": " + radio.state + (radio.detail.empty() ? "" : " (" + radio.detail + ")");
      });
}

ScanningStatus scanning_of(const std::vector<RadioStatus>& radios) {
  if (agree(radios, [](const RadioStatus& radio) { return radio.scanning.mode; })) return radios.front().scanning;
  return {"mixed", list(radios, ", ", every, [](const RadioStatus& radio) { return ": " + radio.scanning.mode; })};
}

void add(StatusCounters& sums, const std::string& name, std::uint64_t count) {
  for (auto& sum : sums) {
    if (sum.first == name) {
      sum.second += count;
      return;
    }
  }
  sums.emplace_back(name, count);
}

StatusCounters sum_of(const std::vector<RadioStatus>& radios) {
  StatusCounters out;
  for (const auto& radio : radios) {
    for (const auto& counter : radio.counters) add(out, counter.first, counter.second);
  }
  return out;
}

}  // namespace

SourceStatus summarize(std::string source, std::vector<RadioStatus> radios) {
  SourceStatus out;
  out.source = std::move(source);
  out.state = state_of(radios);
  out.detail = detail_of(radios, out.state);
  out.counters = sum_of(radios);
  out.scanning = scanning_of(radios);
  out.radios = std::move(radios);
  return out;
}

}  // namespace aisle
