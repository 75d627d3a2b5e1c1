#include <fstream>
#include <memory>

#include "agent/app/compose.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/stored_pipeline.hpp"
#include "ble/recording/recording.hpp"
#include "sync/core/session.hpp"

namespace aisle::cli {
namespace {

constexpr std::string_view kReplayEpoch = "replay0000000000";

struct ReplayArguments {
  Common common;
  std::string file, stats;
};

// Prints what the pipeline makes as the daemon would send it, on the recording's clock.
class Printer {
 public:
  explicit Printer(const config::Config& config) : config_(config) {}

  void begin(UnixTime at) {
    if (sequence_ > 0) return;
    Event event;
    event.type = "epoch.started";
    event.time = event.noticed = at;
    event.data = {{"previous_epoch", nullptr}, {"previous_last_sequence", nullptr}, {"reason", "replay"}};
    print(event);
  }
  void print(const pipeline::Output& output) {
    for (const auto& event : output.events) print(event);
  }

 private:
  void print(const Event& event) {
    print_line(
        sync::cloud_event(event, config_.store.id, config_.store.gateway, kReplayEpoch, ++sequence_, event.noticed));
  }

  const config::Config& config_;
  std::uint64_t sequence_ = 0;
};

UnixTime time_of(const SourceItem& item, UnixTime otherwise) {
  if (const auto* advert = std::get_if<Advert>(&item)) return advert->at.wall;
  if (const auto* state = std::get_if<ReceiverState>(&item)) return state->at.wall;
  if (const auto* tick = std::get_if<ClockTick>(&item)) return tick->at.wall;
  return otherwise;
}

// Runs to the end; the error is that of the recording, after all that could be read was replayed.
Status run_recording(ItemReader& reader, pipeline::Pipeline& pipeline, Printer& printer) {
  Progress progress("adverts");
  for (;;) {
    const SourceItem item = reader.next();
    printer.begin(time_of(item, pipeline.now().wall));
    pipeline.on_item(item);
    printer.print(pipeline.take_output());
    progress.at(pipeline.adverts().adverts);
    if (const auto* end = std::get_if<SourceEnd>(&item)) {
      if (!end->error.empty()) return fail("{}", end->error);
      return {};
    }
  }
}

bool write_stats(const std::string& path, const pipeline::Pipeline& pipeline, const recording::RecordingStats& read) {
  Json stats = pipeline.adverts().to_json();
  stats["recording"] = {{"records", read.records},     {"adverts", read.adverts},
                        {"skipped", read.skipped},     {"out_of_order", read.out_of_order},
                        {"truncated", read.truncated}, {"first_problem", read.first_problem}};
  std::ofstream out(path, std::ios::trunc);
  out << stats.dump() << '\n';
  out.flush();
  return out.good();
}

int replay(const ReplayArguments& arguments) {
  const auto config = config::load(arguments.common.config);
  if (!config) {
    std::fprintf(stderr, "%s\n", config.error().message().c_str());
    return kFailed;
  }
  auto reader = recording::open_recording(arguments.file);
  if (!reader) return complain(reader.error().message());
  auto pipeline = pipeline::Pipeline::create(app::pipeline_options(*config, nullptr));
  if (!pipeline) return complain(pipeline.error().message());
  if (const auto loaded = load_state(arguments.common, *config, **pipeline); !loaded)
    return complain(loaded.error().message());

  Printer printer(*config);
  const auto done = run_recording(**reader, **pipeline, printer);
  std::fflush(stdout);
  const auto read = (*reader)->stats();
  if (read.skipped > 0)
    complain(fmt::format("{}: {} records were passed over; the first: {}", arguments.file, read.skipped,
                         read.first_problem));
  if (!arguments.stats.empty() && !write_stats(arguments.stats, **pipeline, read))
    return complain(fmt::format("{}: cannot be written", arguments.stats));
  if (!done) return complain(fmt::format("{}: read up to a fault: {}", arguments.file, done.error().message()));
  return kDone;
}

}  // namespace

void add_replay(CLI::App& app, Chosen& chosen) {
  auto* verb = app.add_subcommand(
      "replay", "Run a recording through the daemon's pipeline and print the CloudEvents, one a line");
  const auto arguments = std::make_shared<ReplayArguments>();
  verb->add_option("FILE", arguments->file, "btsnoop, pcap, pcapng or JSON lines")->required();
  verb->add_option("--config", arguments->common.config, "Configuration file")->capture_default_str();
  verb->add_option("--state-dir", arguments->common.state_dir, "State directory with the datasets; only read")
      ->capture_default_str();
  verb->add_option("--stats", arguments->stats, "Write the account of every advert to this file");
  verb->add_flag("--json", arguments->common.json, "JSON (always)");
  verb->callback([&chosen, arguments] { chosen.run = [arguments] { return replay(*arguments); }; });
}

}  // namespace aisle::cli
