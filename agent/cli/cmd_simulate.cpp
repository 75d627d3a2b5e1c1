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
  bool json = false;
};

bool write_file(const std::string& path, const std::function<void(std::ostream&)>& write) {
  if (path.empty()) return true;
  std::ofstream out(path, std::ios::trunc);
  write(out);
  out.flush();
  if (!out.good()) complain(fmt::format("{}: cannot be written", path));
  return out.good();
}

// What was written, by file.
void print_written(const SimulateArguments& arguments, const simulator::SimulatedPopulation& people,
                   std::size_t adverts) {
  Json out = Json::object();
  const auto add = [&](const char* what, const std::string& path, std::size_t count) {
    if (!path.empty()) out[what] = {{"file", path}, {"count", count}};
  };
  add("recording", arguments.recording, adverts);
  add("customers", arguments.customers, people.customers.size());
  add("keys", arguments.keys, people.keys.size());
  add("truth", arguments.truth, people.truth.size());
  if (arguments.json) return print_line(out.dump());
  std::vector<std::vector<std::string>> rows{{"WHAT", "COUNT", "FILE"}};
  for (const auto& entry : out.items())
    rows.push_back({entry.key(), entry.value()["count"].dump(), entry.value()["file"].get<std::string>()});
  print_table(rows);
}

int simulate(const SimulateArguments& arguments) {
  const auto config = config::load(arguments.config);
  if (!config) {
    std::fprintf(stderr, "%s\n", config.error().message().c_str());
    return kFailed;
  }
  const auto options = app::simulator_options(*config);
  const auto people = simulator::population(options);
  std::size_t adverts = 0;
  const bool written =
      write_file(arguments.customers, [&](std::ostream& out) { out << simulator::customers_json(people) << '\n'; }) &&
      write_file(arguments.keys, [&](std::ostream& out) { out << simulator::keys_jsonl(people); }) &&
      write_file(arguments.truth, [&](std::ostream& out) { out << simulator::truth_json(people) << '\n'; }) &&
      write_file(arguments.recording, [&](std::ostream& out) {
        simulator::Simulator reader(options);
        const auto lines = recording::write_jsonl(reader, out);
        if (!lines) return void(complain(lines.error().message()));
        adverts = *lines;
      });
  if (!written) return kFailed;
  print_written(arguments, people, adverts);
  return kDone;
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
  verb->add_flag("--json", arguments->json, "JSON: what was written");
  verb->callback([&chosen, arguments] { chosen.run = [arguments] { return simulate(*arguments); }; });
}

}  // namespace aisle::cli
