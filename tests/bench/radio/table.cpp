#include "tests/bench/radio/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace aisle::radio {
namespace {

void line(const std::string& text) {
  std::puts(text.c_str());
  std::fflush(stdout);
}

double ms(std::int64_t us) {
  return static_cast<double>(us) / 1000;
}

const Figures* find(const std::vector<Row>& rows, const std::string& way, const Cell& like) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) {
    return row.cell.way == way && row.cell.rate == like.rate && row.cell.devices == like.devices;
  });
  return found == rows.end() ? nullptr : &found->figures;
}

std::string cell(const Figures* figures, double value) {
  return figures == nullptr ? "-" : fmt::format("{:.2f}", value);
}

}  // namespace

void print_head() {
  line(
      "| listener | adverts/s | devices | delivered % | p50 ms | p99 ms | worst ms | listener us/advert | dbus-daemon "
      "| sender |");
  line("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
}

void print_row(const Row& row) {
  const Figures& f = row.figures;
  const double share =
      100.0 * static_cast<double>(f.delivered) / static_cast<double>(std::max<std::uint64_t>(f.sent, 1));
  line(fmt::format("| {} | {} | {} | {:.2f} | {:.2f} | {:.2f} | {:.1f} | {:.2f} | {:.2f} | {:.2f} |", row.cell.way,
                   row.cell.rate, row.cell.devices, share, ms(f.p50_us), ms(f.p99_us), ms(f.max_us),
                   f.per_advert_us(f.listener), f.per_advert_us(f.bus), f.per_advert_us(f.sender)));
}

void print_comparison(const std::vector<Row>& rows) {
  line("\nCPU of our process. At most 1.20 and 0.10; the sender stands for bluetoothd and does less.\n");
  line("| adverts/s | devices | bluez / sdbus | hci / (bluez + dbus-daemon + sender) |");
  line("| --- | --- | --- | --- |");
  for (const Row& row : rows) {
    if (row.cell.way != "bluez") continue;
    const Figures& bluez = row.figures;
    const Figures* sdbus = find(rows, "sdbus", row.cell);
    const Figures* hci = find(rows, "hci", row.cell);
    const double ours = bluez.per_advert_us(bluez.listener);
    const double whole = bluez.per_advert_us(bluez.listener + bluez.bus + bluez.sender);
    line(fmt::format("| {} | {} | {} | {} |", row.cell.rate, row.cell.devices,
                     cell(sdbus, sdbus != nullptr ? ours / sdbus->per_advert_us(sdbus->listener) : 0),
                     cell(hci, hci != nullptr ? hci->per_advert_us(hci->listener) / whole : 0)));
  }
}

}  // namespace aisle::radio
