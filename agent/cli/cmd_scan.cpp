// `aislectl scan`: what the radio hears, live.
#include <fmt/format.h>

#include <memory>
#include <set>

#include "agent/cli/air.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/screen.hpp"
#include "agent/cli/stop_signal.hpp"

namespace aisle::cli {
namespace {

constexpr Duration kRedraw = milliseconds{500};
constexpr Duration kShown = seconds{60};  // rows that are silent for longer are not drawn
constexpr std::int64_t kSecondsOfPipes = 10;

struct ScanArguments {
  Common common;
  std::int64_t seconds = 0;
  std::uint64_t count = 0;
  std::string kind;
};

std::string level_text(const scan::AirRow& row) {
  return row.rssi_dbm ? fmt::format("{:.0f}", *row.rssi_dbm) : "-";
}

std::string age_text(Duration age) {
  return fmt::format("{:.1f} s", std::chrono::duration<double>(std::max(age, Duration{0})).count());
}

std::vector<std::string> table(const std::vector<scan::AirRow>& rows, SteadyTime now) {
  std::vector<std::vector<std::string>> cells = {
      {"device", "kind", "receiver", "dBm", "adverts/s", "adverts", "last heard"}};
  for (const auto& row : rows) {
    cells.push_back({scan::alias_text(row.device), row.kind, std::string(row.receiver.view()), level_text(row),
                     fmt::format("{:.1f}", row.per_second), std::to_string(row.adverts),
                     age_text(now - row.last_heard)});
  }
  return table_lines(cells);
}

// One run of the verb.
class Scan {
 public:
  Scan(const ScanArguments& arguments, Air& air, const StopSignal& told)
      : arguments_(arguments), air_(air), told_(told), table_(air.smoothing()) {
    if (!screen_.terminal() && arguments.seconds == 0 && arguments.count == 0 && !arguments.common.json)
      limit_ = seconds{kSecondsOfPipes};
    if (arguments.seconds > 0) limit_ = seconds{arguments.seconds};
  }

  int run() {
    for (bool more = true; more;) {
      const auto batch = air_.next();
      if (!batch) return complain(batch.error().message());
      more = take(*batch) && !told_.to_stop();
    }
    if (!arguments_.common.json) finish();
    return kDone;
  }

 private:
  // False: that was all.
  bool take(const scan::Batch& batch) {
    if (begun_ == SteadyTime{}) begun_ = batch.adverts.empty() ? batch.now.mono : batch.adverts.front().at;
    for (const auto& heard : batch.adverts) {
      if (limit_ && heard.at - begun_ >= *limit_) return false;
      table_.hear(heard);
      const bool wanted = arguments_.kind.empty() || heard.kind == arguments_.kind;
      if (wanted && arguments_.common.json) print_heard(heard, batch.now);
      adverts_ += wanted ? 1 : 0;
      if (arguments_.count > 0 && adverts_ == arguments_.count) return now_ = heard.at, false;
    }
    note_dropped(batch.dropped);
    now_ = batch.now.mono;
    radio_ = batch.radio;
    if (arguments_.common.json) {
      std::fflush(stdout);
    } else if (now_ - drawn_ >= kRedraw) {
      draw();
    }
    return !batch.ended && !(limit_ && now_ - begun_ >= *limit_);
  }

  void print_heard(const scan::Heard& heard, Stamp now) const {
    const auto row = table_.row(heard);
    Json line = {{"time", format_rfc3339(now.wall - (now.mono - heard.at))},
                 {"device", scan::alias_text(heard.device)},
                 {"kind", heard.kind},
                 {"receiver", heard.receiver.view()},
                 {"rssi", heard.rssi.known() ? Json(heard.rssi.value) : Json()}};
    if (row) {
      line["rssi_smoothed"] = row->rssi_dbm ? Json(std::round(*row->rssi_dbm * 10) / 10) : Json();
      line["adverts"] = row->adverts;
      line["per_s"] = std::round(row->per_second * 10) / 10;
    }
    print_line(line.dump());
  }

  void note_dropped(std::uint64_t dropped) {
    if (dropped == dropped_) return;
    dropped_ = dropped;
    if (arguments_.common.json) print_line(Json{{"dropped", dropped}}.dump());
  }

  [[nodiscard]] std::vector<scan::AirRow> rows(std::optional<Duration> silent) const {
    auto out = table_.rows(now_, silent);
    if (!arguments_.kind.empty()) std::erase_if(out, [&](const auto& row) { return row.kind != arguments_.kind; });
    return out;
  }

  [[nodiscard]] std::string heading(const std::vector<scan::AirRow>& shown) const {
    std::set<std::uint32_t> devices;
    for (const auto& row : shown) devices.insert(row.device);
    return fmt::format("{} ({}): {} devices, {} adverts{}", air_.from(), radio_, devices.size(), adverts_,
                       dropped_ == 0 ? "" : fmt::format(", {} dropped", dropped_));
  }

  void draw() {
    drawn_ = now_;
    const auto shown = rows(kShown);
    auto lines = table(shown, now_);
    lines.insert(lines.begin(), heading(shown));
    screen_.draw(lines);
  }

  void finish() {
    if (screen_.terminal()) return draw();
    const auto all = rows(std::nullopt);
    for (const auto& line : table(all, now_)) print_line(line);
    std::fprintf(stderr, "%s\n", heading(all).c_str());
  }

  const ScanArguments& arguments_;
  Air& air_;
  const StopSignal& told_;
  scan::AirTable table_;
  Screen screen_;
  std::optional<Duration> limit_;
  SteadyTime begun_{}, now_{}, drawn_{};
  std::uint64_t adverts_ = 0, dropped_ = 0;
  std::string radio_;
};

int run_scan(const ScanArguments& arguments) {
  const StopSignal told;  // before the source has threads
  const auto air = open_air(arguments.common);
  if (!air) return complain(air.error().message());
  return Scan(arguments, **air, told).run();
}

}  // namespace

void add_scan(CLI::App& app, Chosen& chosen) {
  auto* verb = app.add_subcommand(
      "scan",
      "Show what the radio hears, live, until interrupted: from the running daemon, else from the configured source. "
      "Devices have numbers of this run, no addresses; nothing leaves the machine");
  const auto arguments = std::make_shared<ScanArguments>();
  verb->add_option("--config", arguments->common.config, "Configuration file (used when no daemon runs)")
      ->capture_default_str();
  verb->add_option("--state-dir", arguments->common.state_dir, "The daemon's state directory")->capture_default_str();
  verb->add_option("--seconds", arguments->seconds,
                   "End after so many (of a recording: recorded ones); where the output is no terminal, 10")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{86'400}));
  verb->add_option("--count", arguments->count, "End after so many adverts")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}));
  verb->add_option("--kind", arguments->kind, "Only devices of this kind, as aisle_token or ibeacon");
  verb->add_flag("--json", arguments->common.json, "A JSON object for each advert, one a line");
  verb->callback([&chosen, arguments] { chosen.run = [arguments] { return run_scan(*arguments); }; });
}

}  // namespace aisle::cli
