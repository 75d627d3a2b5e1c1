#include <unistd.h>

#include <fstream>
#include <memory>
#include <thread>

#include "agent/app/compose.hpp"
#include "agent/app/reload.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/state_access.hpp"
#include "agent/cli/walk/prompt.hpp"
#include "agent/model/ids.hpp"
#include "agent/update/debian.hpp"
#include "agent/update/fetch.hpp"
#include "agent/update/installer.hpp"
#include "agent/update/trust.hpp"

namespace aisle::cli {
namespace {

namespace up = update;

constexpr seconds kFirstPause{30};

struct UpdateArguments {
  Common common;
  std::string folder = up::kRootFolder;
  std::string key, sha256, store, gateway;
};

up::Site site_of(const config::Config& config) {
  return {config.store.id, config.store.gateway, up::own_target(), config.update.ring};
}

Result<Ed25519Public> key_to_trust(const UpdateArguments& arguments, const Result<config::Config>& config) {
  if (!arguments.key.empty()) {
    config::CommandsSection given;
    given.public_key = arguments.key;
    const auto key = app::pinned_key(given);
    if (!key) return fail("--key: an Ed25519 public key, or a file with one, expected");
    return **key;
  }
  if (!config) return tl::unexpected(config.error());
  const auto key = app::pinned_key(config->commands);
  if (!key) return tl::unexpected(key.error());
  if (!*key) return fail("{}: [commands] public_key is not set; name the key with --key", arguments.common.config);
  return **key;
}

Result<up::Trust> trust_wanted(const UpdateArguments& arguments) {
  const auto config = config::load(arguments.common.config);
  const auto key = key_to_trust(arguments, config);
  if (!key) return tl::unexpected(key.error());
  up::Trust out{*key, arguments.store, arguments.gateway};
  if (out.store.empty() || out.gateway.empty()) {
    if (!config) return tl::unexpected(config.error());
    if (out.store.empty()) out.store = config->store.id;
    if (out.gateway.empty()) out.gateway = config->store.gateway;
  }
  if (!is_site_id(out.store) || !is_site_id(out.gateway))
    return fail("--store and --gateway: 1 to 32 of a-z, 0-9 and \"-\" expected");
  return out;
}

// The configuration is not root's word: the daemon's user may write drop-ins.
Status check_meant(const UpdateArguments& arguments, const up::Trust& trust) {
  const auto digest = up::fingerprint(trust.key);
  if (!arguments.sha256.empty()) {
    if (arguments.sha256 == digest) return {};
    return fail("the key's SHA-256 is {}, not the one of --sha256; nothing is changed", digest);
  }
  if (!arguments.key.empty()) return {};
  if (isatty(STDIN_FILENO) == 0)
    return fail("the key of [commands] public_key has SHA-256 {}: give that as --sha256, or the key as --key", digest);
  const auto answer = ask(fmt::format(
      "The key of [commands] public_key has SHA-256 {}\nIs it the cloud's, and is this gateway {}/{}? \"yes\" installs "
      "what it has signed for that",
      digest, trust.store, trust.gateway));
  if (!answer) return tl::unexpected(answer.error());
  return *answer == "yes" ? Status() : fail("nothing is changed");
}

int trust(const UpdateArguments& arguments) {
  const auto trust = trust_wanted(arguments);
  if (!trust) return complain(trust.error().message());
  if (const auto meant = check_meant(arguments, *trust); !meant) return complain(meant.error().message());
  const std::string path = up::trust_path(arguments.common.config);
  if (auto written = up::write_trust(path, *trust); !written) return complain(written.error().message());
  // What the installer will say of it, now.
  if (const auto read = up::read_trust(path); !read) return complain(read.error().message());
  print_line(
      fmt::format("root installs what this key has signed: SHA-256 {}\nfor this gateway alone: {}/{}\n"
                  "to take that back: rm {}",
                  up::fingerprint(trust->key), trust->store, trust->gateway, path));
  return kDone;
}

int fetch(const UpdateArguments& arguments) {
  const Log log;
  const SystemClock clock;
  const auto config = config::load(arguments.common.config);
  up::HandOver files(arguments.common.state_dir, arguments.folder);
  const auto pause = [](int attempt) { std::this_thread::sleep_for(kFirstPause * attempt); };
  const auto fetched = config ? up::fetch(files, {site_of(*config), 5, pause, [&clock] { return clock.now(); }})
                              : up::give_up(files, config.error().message());
  if (!fetched) return complain(fetched.error().message());
  const auto standing = files.standing();
  if (*fetched) log.info("update {}: {} {}", standing.command, to_string(standing.state), standing.why);
  return kDone;
}

up::DebianSystem system_of(const UpdateArguments& arguments) {
  return {app::control_path_to_ask(arguments.common.state_dir), arguments.folder};
}

int end_with(const Result<up::Outcome>& outcome) {
  if (!outcome) return complain(outcome.error().message());
  return kDone;
}

// The configuration is not read: the daemon's user may write it.
Result<up::Trust> trust_of(const UpdateArguments& arguments) {
  auto trust = up::read_trust(up::trust_path(arguments.common.config));
  if (!trust) return tl::unexpected(trust.error().within("whose updates may be installed is not known"));
  return trust;
}

int apply(const UpdateArguments& arguments) {
  const auto lock = up::WayBack::lock(arguments.folder);
  if (!lock) return complain(lock.error().message());
  if (!*lock) return complain("another update is at work; aislectl update status tells how it stands");
  const Log log;
  const SystemClock clock;
  auto system = system_of(arguments);
  up::Installer installer({arguments.common.state_dir, arguments.folder, up::own_target(), trust_of(arguments)}, system,
                          clock, log);
  return end_with(installer.apply());
}

int recover(const UpdateArguments& arguments) {
  const auto lock = up::WayBack::lock(arguments.folder);
  if (!lock) return complain(lock.error().message());
  // The one at work starts the daemon too, and with it comes this.
  if (!*lock) return kDone;
  const Log log;
  auto system = system_of(arguments);
  up::WayBack back(arguments.common.state_dir, arguments.folder, system, log);
  return end_with(back.recover());
}

int show(const UpdateArguments& arguments) {
  const up::HandOver files(arguments.common.state_dir, arguments.folder);
  const Json out = up::outcome_json(files.standing());
  if (arguments.common.json) {
    print_line(out.dump());
  } else {
    print_tree(nlohmann::json::parse(out.dump()));
  }
  return kDone;
}

void add_verb(CLI::App& parent, const char* name, const char* what, Chosen& chosen,
              const std::shared_ptr<UpdateArguments>& arguments, int (*run)(const UpdateArguments&)) {
  auto* verb = parent.add_subcommand(name, what);
  auto& common = arguments->common;
  verb->add_option("--config", common.config, "Configuration file")->capture_default_str();
  verb->add_option("--state-dir", common.state_dir, "The daemon's state directory")->capture_default_str();
  verb->add_option("--folder", arguments->folder, "The installer's own directory")->capture_default_str();
  if (run == trust) {
    verb->add_option("--key", arguments->key,
                     "Ed25519 public key: hex, base64 or a file; default: that of [commands] public_key");
    verb->add_option("--sha256", arguments->sha256,
                     "What the key's SHA-256 must be; without it and --key you are asked");
    verb->add_option("--store", arguments->store, "Id that commands must be signed for; default: that of [store]");
    verb->add_option("--gateway", arguments->gateway, "The same of the gateway");
  }
  if (run == show) verb->add_flag("--json", common.json, "JSON");
  verb->callback([&chosen, arguments, run] { chosen.run = [arguments, run] { return run(*arguments); }; });
}

}  // namespace

void add_update(CLI::App& app, Chosen& chosen) {
  auto* verb = app.add_subcommand("update", "Updates that the cloud offers: whose are installed, and how one stands");
  verb->require_subcommand(1);
  const auto arguments = std::make_shared<UpdateArguments>();
  add_verb(*verb, "status", "How the last update stands", chosen, arguments, show);
  add_verb(*verb, "trust",
           "As root: install what is signed for this gateway by the key of [commands] public_key, from now on", chosen,
           arguments, trust);
  add_verb(*verb, "fetch", "For aisle-fetch.service: get the package that was requested", chosen, arguments, fetch);
  add_verb(*verb, "apply", "For aisle-update.service: install it, and keep it or go back", chosen, arguments, apply);
  add_verb(*verb, "recover", "For aisle-update-recover.service: finish what was interrupted", chosen, arguments,
           recover);
}

}  // namespace aisle::cli
