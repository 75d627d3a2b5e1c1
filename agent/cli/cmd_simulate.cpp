#include <fstream>
#include <memory>

#include "agent/app/compose.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "ble/recording/jsonl_writer.hpp"
#include "ble/simulator/simulator.hpp"

namespace aisle::cli {
namespace {

struct SimulateArguments {
  std::string config = "/etc/aisle/aisle.toml";
  std::string recording, customers, keys, truth;
};

bool write_file(const std::string& path, const std::function<void(std::ostream&)>& write) {
  if (path.empty()) return true;
  std::ofstream out(path, std::ios::trunc);
  write(out);
  out.flush();
  if (!out.good()) complain(fmt::format("{}: cannot be written", path));
  return out.good();
}

int simulate(const SimulateArguments& arguments) {
  const auto config = config::load(arguments.config);
  if (!config) {
    std::fprintf(stderr, "%s\n", config.error().message().c_str());
    return kFailed;
  }
  const auto options = app::simulator_options(*config);
  const auto people = simulator::population(options);
  const bool written =
      write_file(arguments.customers, [&](std::ostream& out) { out << simulator::customers_json(people) << '\n'; }) &&
      write_file(arguments.keys, [&](std::ostream& out) { out << simulator::keys_jsonl(people); }) &&
      write_file(arguments.truth, [&](std::ostream& out) { out << simulator::truth_json(people) << '\n'; }) &&
      write_file(arguments.recording, [&](std::ostream& out) {
        simulator::Simulator reader(options);
        if (const auto lines = recording::write_jsonl(reader, out); !lines) complain(lines.error().message());
      });
  return written ? kDone : kFailed;
}

}  // namespace

void add_simulate(CLI::App& app, Chosen& chosen) {
  auto* verb = app.add_subcommand(
      "simulate", "Write the simulated store of a configuration to files: recording, customers, keys, truth");
  const auto arguments = std::make_shared<SimulateArguments>();
  verb->add_option("--config", arguments->config,
                   "Configuration file; its [simulator] and [[zones]] say what is simulated")
      ->capture_default_str();
  verb->add_option("--recording", arguments->recording, "JSON lines of adverts");
  verb->add_option("--customers", arguments->customers, "Customer records");
  verb->add_option("--keys", arguments->keys, "Day keys");
  verb->add_option("--truth", arguments->truth, "Who was where, and when");
  verb->callback([&chosen, arguments] { chosen.run = [arguments] { return simulate(*arguments); }; });
}

}  // namespace aisle::cli
