// aislectl: one binary of verbs; see --help of each.
#include "agent/app/agent.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "agent/store/schema.hpp"

int main(int argc, char** argv) {
  using namespace aisle::cli;
  using aisle::Json;
  namespace store = aisle::store;
  CLI::App app("aislectl: provisions, inspects and feeds an Aisle gateway");
  app.require_subcommand(1);
  Chosen chosen;
  add_config(app, chosen);
  add_status(app, chosen);
  add_doctor(app, chosen);
  add_watch(app, chosen);
  add_scan(app, chosen);
  add_zones(app, chosen);
  add_decode(app, chosen);
  add_token(app, chosen);
  add_datasets(app, chosen);
  add_events(app, chosen);
  add_outbox(app, chosen);
  add_provision(app, chosen);
  add_replay(app, chosen);
  add_simulate(app, chosen);
  add_cloud(app, chosen);
  add_support_bundle(app, chosen);
  add_update(app, chosen);
  add_generate(app, chosen);
  bool json = false;
  auto* version = app.add_subcommand("version", "Print the version");
  version->add_flag("--json", json, "JSON");
  version->callback([&] {
    chosen.run = [&] {
      print_line(json ? Json{{"version", AISLE_VERSION}, {"schema", store::newest_schema()}}.dump()
                      : "aisle " AISLE_VERSION);
      return kDone;
    };
  });
  app.set_version_flag("--version", "aisle " AISLE_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    // A word that nobody knows is the better reason why something is missing.
    const auto unknown = app.remaining(true);
    if (unknown.empty()) return app.exit(error), kWrongUsage;
    complain(fmt::format("\"{}\" is not understood; see --help", unknown.front()));
    return kWrongUsage;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kWrongUsage;
  }
  return chosen.run ? chosen.run() : kWrongUsage;
}
