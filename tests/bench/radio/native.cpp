// radio_native: what each way to hear adverts costs and delivers on this machine, as a Markdown table. Without a radio:
// over D-Bus a stand-in says what bluetoothd would, and source hci reads a socket in place of the kernel's.
#include "tests/bench/radio/native.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <vector>

#include "tests/bench/radio/listener.hpp"
#include "tests/bench/radio/table.hpp"

namespace aisle::radio {

double Figures::per_advert_us(std::chrono::nanoseconds cpu) const {
  return static_cast<double>(cpu.count()) * 1e-3 / static_cast<double>(std::max<std::uint64_t>(delivered, 1));
}

void Figures::add(const Figures& round) {
  sent += round.sent;
  delivered += round.delivered;
  p50_us = std::max(p50_us, round.p50_us);
  p99_us = std::max(p99_us, round.p99_us);
  max_us = std::max(max_us, round.max_us);
  listener += round.listener;
  sender += round.sender;
  bus += round.bus;
}

rig::LoadSpec load_of(const Cell& cell, std::chrono::milliseconds length) {
  rig::LoadSpec out;
  out.devices = cell.devices;
  out.per_second = cell.rate;
  out.length = length;
  return out;
}

void read_report(const nlohmann::json& report, Figures& out) {
  if (!report.is_object()) throw std::runtime_error("a listener ended without its report");
  out.delivered = report.at("adverts");
  out.p50_us = report.at("p50_us");
  out.p99_us = report.at("p99_us");
  out.max_us = report.at("max_us");
}

namespace {

struct Matrix {
  std::vector<std::string> ways = {"hci", "bluez", "sdbus", "bleak"};
  std::vector<std::uint32_t> rates = {100, 500, 1000, 2600, 10'000};
  std::vector<std::uint32_t> devices = {50, 500, 5000};
  double seconds = 4;
  int rounds = 2;
};

// All ways by turns, so that what else the machine does falls on all of them alike.
std::vector<Row> measure_ways(const Matrix& matrix, std::uint32_t rate, std::uint32_t devices) {
  const std::chrono::milliseconds length(static_cast<std::int64_t>(matrix.seconds * 1000 / matrix.rounds));
  std::vector<Row> rows;
  for (const auto& way : matrix.ways) rows.push_back({{way, rate, devices}, {}});
  for (int round = 0; round < matrix.rounds; ++round) {
    for (auto& [cell, figures] : rows)
      figures.add(cell.way == "hci" ? measure_socket(cell, length) : measure_bus(cell, length));
  }
  return rows;
}

int measure(Matrix matrix) {
  if (!Listener::has_bleak() && std::erase(matrix.ways, "bleak") > 0)
    std::fputs("bleak is left out: python3-bleak is not installed (scripts/setup bench installs it)\n", stderr);
  std::vector<Row> rows;
  print_head();
  for (const auto rate : matrix.rates) {
    for (const auto devices : matrix.devices) {
      for (auto& row : measure_ways(matrix, rate, devices)) {
        print_row(row);
        rows.push_back(std::move(row));
      }
    }
  }
  print_comparison(rows);
  return 0;
}

}  // namespace
}  // namespace aisle::radio

int main(int argc, char** argv) {
  aisle::radio::Matrix matrix;
  CLI::App app("Measures the ways to hear adverts, on this machine and without a radio.");
  app.add_option("--ways", matrix.ways, "hci, bluez, sdbus, bleak")->delimiter(',');
  app.add_option("--rates", matrix.rates, "adverts a second")->delimiter(',');
  app.add_option("--devices", matrix.devices, "how many send them")->delimiter(',');
  app.add_option("--seconds", matrix.seconds, "of each cell, all rounds together");
  app.add_option("--rounds", matrix.rounds, "into which they are split, all ways by turns")->check(CLI::Range(1, 100));
  CLI11_PARSE(app, argc, argv);
  try {
    return aisle::radio::measure(std::move(matrix));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "radio_native: %s\n", error.what());
    return 1;
  }
}
