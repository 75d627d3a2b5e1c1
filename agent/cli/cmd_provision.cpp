#include <filesystem>
#include <memory>

#include "agent/app/compose.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/owner.hpp"
#include "agent/cli/provision_input.hpp"
#include "agent/cli/qr_code.hpp"
#include "agent/cli/state_access.hpp"
#include "agent/cli/tpm_units.hpp"
#include "agent/provision/nodes.hpp"
#include "agent/provision/provision.hpp"
#include "agent/provision/tpm.hpp"
#include "agent/provision/tpm_store.hpp"
#include "agent/provision/trial.hpp"
#include "config/sources.hpp"
#include "sync/mqtt/library.hpp"

namespace aisle::cli {
namespace {

namespace pv = provision;

struct ProvisionArguments {
  Common common;
  ClaimInput claim;
  pv::KeyPlace key;
  bool in_tpm = false;
  bool renew = false, at_once = false, roll_back = false, this_machine = false, no_qr = false;
};

// What goes over the drop-in would make the gateway another one than was provisioned.
Status nothing_goes_over(const config::Loaded& loaded, const std::string& drop_in) {
  for (const char* key : {"store.id", "store.gateway", "sync.host", "sync.tls", "sync.cert", "sync.key"}) {
    const auto origin = loaded.origins.find(key);
    if (origin == loaded.origins.end() || origin->second.starts_with(drop_in + ":")) continue;
    return fail("{} goes over what is provisioned, with {}; take that away", origin->second, key);
  }
  return {};
}

Result<std::string> try_out(const Common& common, const std::string& drop_in) {
  auto sources = config::read_sources(common.config);
  if (!sources) return tl::unexpected(sources.error());
  const std::string path = pv::drop_in_path(common.config);
  config::drop_in_of(*sources, path).text = drop_in;
  const auto loaded = config::combine(*sources, config::process_environment());
  if (!loaded) return tl::unexpected(loaded.error());
  if (auto free = nothing_goes_over(*loaded, path); !free) return tl::unexpected(free.error());
  const auto& [store, sync] = std::tie(loaded->config.store, loaded->config.sync);
  // The client id of the daemon is left alone: a second client with it would end the daemon's connection.
  auto broker = pv::try_connection(app::transport_options(sync, fmt::format("{}_{}_trial", store.id, store.gateway)),
                                   fmt::format("{}/{}/{}/cmd/+", sync.prefix, store.id, store.gateway));
  if (!broker) return tl::unexpected(broker.error().within("the broker does not let us in"));
  return broker;
}

pv::Surroundings surroundings(const Common& common, pv::Exchange& exchange, const Clock& clock) {
  std::error_code ignored;
  return {common.config,
          std::filesystem::absolute(common.state_dir, ignored).lexically_normal().string(),
          pv::machine_identity(),
          exchange,
          clock,
          [&common](const std::string& drop_in) { return try_out(common, drop_in); },
          [&common](const std::string& line) {
            if (!common.json) print_line(line);
          }};
}

Json to_json(const pv::Done& done) {
  return {{"store", done.record.store},
          {"gateway", done.record.gateway},
          {"key", done.certificate.fingerprint},
          {"certificate",
           {{"from", format_rfc3339(done.certificate.from)}, {"until", format_rfc3339(done.certificate.until)}}},
          {"changed", done.changed}};
}

bool daemon_runs(const std::string& state_dir) {
  const auto answer = ask_daemon(state_dir, {{"verb", "status"}});
  return answer && answer->has_value();
}

// `units`: a drop-in of theirs is new.
void tell_next(const Common& common, bool units = false) {
  print_line(fmt::format("next: {}systemctl {} aisle-agent", units ? "systemctl daemon-reload && " : "",
                         daemon_runs(common.state_dir) ? "restart" : "enable --now"));
}

// What the technician's phone reads, to compare with what the cloud knows of the gateway.
void print_identity(const pv::Done& done, bool qr) {
  const std::string name = pv::name_of(done.record.store, done.record.gateway);
  if (qr) {
    const auto code = qr_code(fmt::format("aisle:{}?key={}", name, done.certificate.fingerprint), style_of_terminal());
    std::fputs(code ? code->c_str() : (code.error().message() + "\n").c_str(), stdout);
  }
  print_line(fmt::format("gateway {}, key SHA-256 {}", name, done.certificate.fingerprint));
}

// What the technician has still to do, such as zones that name this gateway.
void tell_warnings(const Common& common) {
  const auto config = config::load(common.config);
  if (config) {
    print_warnings(common.config, config->warnings);
  } else {
    complain(config.error().message());
  }
}

int finish_provisioning(const pv::Done& done, const ProvisionArguments& arguments) {
  const Common& common = arguments.common;
  tell_warnings(common);
  if (common.json) return print_line(to_json(done).dump()), kDone;
  if (done.changed) {
    print_line(fmt::format("installed: {}", pv::drop_in_path(common.config)));
    tell_next(common, arguments.in_tpm);
  } else {
    print_line(fmt::format("{} is provisioned, its certificate is valid until {}; nothing was changed",
                           pv::name_of(done.record.store, done.record.gateway),
                           format_rfc3339(done.certificate.until)));
  }
  print_identity(done, !arguments.no_qr);
  return kDone;
}

// Nothing was asked for in particular: says what is, where something is. Nothing: it is to be made.
Result<std::optional<pv::Done>> already(const pv::Surroundings& around) {
  const auto standing = pv::look(pv::Shelf::look_at(around.state_dir), around);
  if (!standing) return tl::unexpected(standing.error());
  if (standing->bound == pv::Bound::elsewhere) {
    around.say("this card was set up on another machine: a new claim is needed, which makes a key of its own");
    return std::optional<pv::Done>();
  }
  if (!standing->record || standing->life == pv::Life::expired) return std::optional<pv::Done>();
  return std::optional(pv::Done{*standing->record, *standing->certificate, false});
}

// Goes on as the owner of the state directory, with what it needs of a TPM.
Result<pv::Shelf> take_shelf(const ProvisionArguments& arguments, const pv::Surroundings& around) {
  if (arguments.in_tpm) {
    if (auto there = pv::tpm_is_there(); !there) return tl::unexpected(there.error());
    if (auto lets = let_services_at_tpm(around.state_dir); !lets) return tl::unexpected(lets.error());
  }
  if (auto acts = act_as_owner(around.state_dir, pv::kTpmDevice); !acts) return tl::unexpected(acts.error());
  auto shelf = pv::Shelf::open(around.state_dir);
  if (!shelf || !arguments.in_tpm) return shelf;
  if (auto ready = pv::ready_tpm(around.state_dir, around.machine); !ready) return tl::unexpected(ready.error());
  return shelf;
}

int run_claim(const ProvisionArguments& arguments, const pv::Surroundings& around) {
  if (!arguments.claim.given()) {
    const auto there = already(around);
    if (!there) return complain(there.error().message());
    if (*there) return finish_provisioning(**there, arguments);
  }
  const auto claim = read_claim(arguments.claim);
  if (!claim) return complain(claim.error().message()), kWrongUsage;
  auto shelf = take_shelf(arguments, around);
  if (!shelf) return complain(shelf.error().message());
  const auto done =
      pv::provision(*claim, arguments.in_tpm ? pv::tpm_place(around.state_dir) : arguments.key, *shelf, around);
  if (!done)
    return complain(fmt::format("{}\nnot provisioned; run it again when that is put right", done.error().message()));
  return finish_provisioning(*done, arguments);
}

int run_renewal(const ProvisionArguments& arguments, pv::Shelf& shelf, const pv::Surroundings& around) {
  const auto done = pv::renew(arguments.at_once, shelf, around);
  if (!done) return complain(done.error().message());
  if (arguments.common.json) return print_line(to_json(*done).dump()), kDone;
  print_line(fmt::format("{}, valid until {}",
                         done->changed ? "the certificate was renewed" : "the certificate is not due yet",
                         format_rfc3339(done->certificate.until)));
  return kDone;
}

int run_roll_back(const ProvisionArguments& arguments, pv::Shelf& shelf, const pv::Surroundings& around) {
  const auto done = pv::roll_back(shelf, around);
  if (!done) return complain(done.error().message());
  if (arguments.common.json) return print_line(*done ? to_json(**done).dump() : "{}"), kDone;
  if (*done) {
    print_line(fmt::format("in force again: {}, certificate valid until {}",
                           pv::name_of((*done)->record.store, (*done)->record.gateway),
                           format_rfc3339((*done)->certificate.until)));
  } else {
    print_line("in force again: the configuration without a provisioning, as there was none before");
  }
  tell_next(arguments.common);
  return kDone;
}

int run_provision(const ProvisionArguments& arguments) {
  const sync::MosquittoLibrary library;
  const SystemClock clock;
  pv::HttpsExchange exchange;
  const auto around = surroundings(arguments.common, exchange, clock);
  pv::use_tpm_store(around.state_dir);
  // Led to a state directory that was wiped: no configuration could be read any more.
  const std::string link = pv::drop_in_path(arguments.common.config);
  std::error_code ignored;
  if (std::filesystem::is_symlink(link, ignored) &&
      std::filesystem::status(link, ignored).type() == std::filesystem::file_type::not_found) {
    if (auto unlinked = pv::unlink_drop_in(arguments.common.config); !unlinked)
      return complain(unlinked.error().message());
  }
  if (!arguments.renew && !arguments.roll_back && !arguments.this_machine) return run_claim(arguments, around);
  auto shelf = take_shelf(arguments, around);
  if (!shelf) return complain(shelf.error().message());
  if (arguments.renew) return run_renewal(arguments, *shelf, around);
  if (arguments.roll_back) return run_roll_back(arguments, *shelf, around);
  if (auto bound = pv::bind_machine(around.state_dir, around.machine); !bound) return complain(bound.error().message());
  print_line("this machine is the gateway now; the one it was on before must not run any more");
  tell_next(arguments.common);
  return kDone;
}

void check_key(ProvisionArguments& arguments) {
  auto& key = arguments.key;
  arguments.in_tpm = key.uri == "tpm";
  if (arguments.in_tpm && !(key.module.empty() && key.pin_file.empty()))
    throw CLI::ValidationError("--key tpm", "goes without --token-module and --pin-file");
  if (!key.uri.empty() && !arguments.in_tpm && !key.uri.starts_with("pkcs11:"))
    throw CLI::ValidationError("--key", "\"tpm\" or \"pkcs11:...\" expected");
  if (!key.uri.empty() && (arguments.renew || arguments.roll_back || arguments.this_machine))
    throw CLI::ValidationError("--key", "goes without --renew, --rollback and --this-machine, which make no key");
}

void add_modes(CLI::App& verb, ProvisionArguments& arguments) {
  auto* renew =
      verb.add_flag("--renew", arguments.renew, "Renew the certificate when a third of its life or less is left");
  verb.add_flag("--now", arguments.at_once, "Renew it in any case")->needs(renew);
  auto* back = verb.add_flag("--rollback", arguments.roll_back,
                             "Put back what was in force before; a second time takes that back");
  auto* here = verb.add_flag("--this-machine", arguments.this_machine,
                             "The card was moved to this machine on purpose: go on as the same gateway");
  back->excludes(renew);
  here->excludes(renew)->excludes(back);
}

}  // namespace

void add_provision(CLI::App& app, Chosen& chosen) {
  auto* verb = app.add_subcommand(
      "provision",
      "Make a gateway of this machine: key, certificate by a claim, configuration; asks for what is missing");
  const auto arguments = std::make_shared<ProvisionArguments>();
  auto& [common, claim, key, in_tpm, renew, at_once, back, here, no_qr] = *arguments;
  verb->add_option("--claim", claim.file,
                   "Claim file (TOML or JSON): store, gateway, broker, url, token, ca or ca_file");
  verb->add_option("--store", claim.set.store, "Store id");
  verb->add_option("--gateway", claim.set.gateway, "Gateway id");
  verb->add_option("--broker", claim.set.broker,
                   "HOST[:PORT] of the broker, several with commas; default: as the cloud says");
  verb->add_option("--url", claim.set.url, "Where the claim is taken: https://HOST[:PORT][/PATH]");
  verb->add_option("--token", claim.set.token,
                   "The claim; better asked for, or in a claim file: others see a command line");
  verb->add_option("--ca", claim.ca_file,
                   "PEM of who signed the cloud's certificate; default: the system's authorities");
  verb->add_option(
      "--key", key.uri,
      "Make the key in the machine's TPM 2.0: \"tpm\"; or on a token: \"pkcs11:token=aisle;object=gateway\"");
  verb->add_option("--token-module", key.module, "With a token: its library; default: every module of p11-kit");
  verb->add_option("--pin-file", key.pin_file, "With a token: file or \"credential:NAME\" with its PIN");
  verb->add_flag("--no-qr", no_qr, "No QR code");
  add_modes(*verb, *arguments);
  verb->add_option("--config", common.config, "Configuration file")->capture_default_str();
  verb->add_option("--state-dir", common.state_dir, "The daemon's state directory")->capture_default_str();
  verb->add_flag("--json", common.json, "JSON");
  verb->callback([&chosen, arguments] {
    check_key(*arguments);
    chosen.run = [arguments] { return run_provision(*arguments); };
  });
}

}  // namespace aisle::cli
