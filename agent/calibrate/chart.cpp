#include "agent/calibrate/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace aisle::calibrate {
namespace {

constexpr std::size_t kBarWidth = 24;  // characters
constexpr std::size_t kEighths = 8;
constexpr std::array<const char*, kEighths> kPart = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

// A bar, and spaces up to its full width. What is there at all is seen.
std::string bar(std::size_t count, std::size_t most) {
  if (count == 0) return std::string(kBarWidth, ' ');
  const std::size_t eighths = std::max<std::size_t>(1, count * kBarWidth * kEighths / most);
  std::string out;
  for (std::size_t i = 0; i < eighths / kEighths; ++i) out += "█";
  const std::size_t part = eighths % kEighths;
  out += kPart.at(part);
  return out + std::string(kBarWidth - eighths / kEighths - (part > 0 ? 1 : 0), ' ');
}

std::size_t count_in(std::span<const double> sorted, double low, double high) {
  return static_cast<std::size_t>(std::ranges::lower_bound(sorted, high) - std::ranges::lower_bound(sorted, low));
}

// The lowest level of each row, loudest row first.
struct Rows {
  int top = 0, step = 1, count = 0;
  [[nodiscard]] int low(int row) const { return top - (row + 1) * step; }
};

Rows rows_of(double lowest, double highest) {
  Rows out;
  out.top = static_cast<int>(std::floor(highest)) + 1;
  const int range = out.top - static_cast<int>(std::floor(lowest));
  out.step = (range + kMostRows - 1) / kMostRows;
  out.count = (range + out.step - 1) / out.step;
  return out;
}

std::string mark(const Proposal& proposal, int low, int high) {
  if (proposal.verdict == Verdict::too_few) return "";
  const auto here = [&](int threshold) { return threshold >= low && threshold < high; };
  std::string out;
  if (here(proposal.enter_rssi)) out += fmt::format("  ← enter {}", proposal.enter_rssi);
  if (here(proposal.exit_rssi)) out += fmt::format("  ← exit {}", proposal.exit_rssi);
  return out;
}

}  // namespace

std::vector<std::string> chart(std::span<const double> inside, std::span<const double> outside,
                               const Proposal& proposal) {
  if (inside.empty() && outside.empty()) return {};
  double lowest = inside.empty() ? outside.front() : inside.front();
  double highest = inside.empty() ? outside.back() : inside.back();
  if (!outside.empty()) lowest = std::min(lowest, outside.front()), highest = std::max(highest, outside.back());
  if (proposal.verdict != Verdict::too_few) {
    lowest = std::min<double>(lowest, proposal.exit_rssi);
    highest = std::max<double>(highest, proposal.enter_rssi);
  }
  const Rows rows = rows_of(lowest, highest);
  std::size_t most = 1;
  for (int row = 0; row < rows.count; ++row) {
    const int low = rows.low(row);
    most = std::max({most, count_in(inside, low, low + rows.step), count_in(outside, low, low + rows.step)});
  }
  std::vector<std::string> out = {fmt::format("{:>5}  {:<{}} {}", "dBm", "inside", kBarWidth, "outside")};
  for (int row = 0; row < rows.count; ++row) {
    const int low = rows.low(row), high = low + rows.step;
    std::string line = fmt::format("{:>5}  {} {}{}", low, bar(count_in(inside, low, high), most),
                                   bar(count_in(outside, low, high), most), mark(proposal, low, high));
    line.erase(line.find_last_not_of(' ') + 1);
    out.push_back(std::move(line));
  }
  return out;
}

}  // namespace aisle::calibrate
