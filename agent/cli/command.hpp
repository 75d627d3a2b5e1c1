// A verb of `aislectl`: each file registers its own and leaves in `Chosen` what is to be run.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace aisle::cli {

// Exit codes of the contract.
inline constexpr int kDone = 0, kFailed = 1, kWrongUsage = 2;

struct Common {
  std::string config = "/etc/aisle/aisle.toml";
  std::string state_dir = "/var/lib/aisle";
  bool json = false;
};

using Run = std::function<int()>;

// Set by the callback of the verb that was given.
struct Chosen {
  Run run;
};

void add_cloud(CLI::App& app, Chosen& chosen);
void add_config(CLI::App& app, Chosen& chosen);
void add_datasets(CLI::App& app, Chosen& chosen);
void add_decode(CLI::App& app, Chosen& chosen);
void add_doctor(CLI::App& app, Chosen& chosen);
// Below `customers`.
void add_erase(CLI::App& customers, Chosen& chosen);
// Below `offers`.
void add_explain(CLI::App& offers, Chosen& chosen);
void add_offers_simulate(CLI::App& offers, Chosen& chosen);
void add_events(CLI::App& app, Chosen& chosen);
void add_generate(CLI::App& app, Chosen& chosen);
void add_outbox(CLI::App& app, Chosen& chosen);
void add_provision(CLI::App& app, Chosen& chosen);
void add_replay(CLI::App& app, Chosen& chosen);
void add_scan(CLI::App& app, Chosen& chosen);
void add_simulate(CLI::App& app, Chosen& chosen);
void add_status(CLI::App& app, Chosen& chosen);
void add_support_bundle(CLI::App& app, Chosen& chosen);
void add_token(CLI::App& app, Chosen& chosen);
void add_update(CLI::App& app, Chosen& chosen);
void add_watch(CLI::App& app, Chosen& chosen);
void add_zones(CLI::App& app, Chosen& chosen);

}  // namespace aisle::cli
