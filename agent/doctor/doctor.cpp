#include "agent/doctor/doctor.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "agent/app/compose.hpp"
#include "agent/doctor/as_owner.hpp"
#include "agent/doctor/bluetooth.hpp"
#include "agent/doctor/broker.hpp"
#include "agent/doctor/clock.hpp"
#include "agent/doctor/configuration.hpp"
#include "agent/doctor/daemon.hpp"
#include "agent/doctor/database.hpp"
#include "agent/doctor/disk.hpp"
#include "agent/doctor/machine.hpp"
#include "agent/doctor/ports.hpp"
#include "agent/doctor/updates.hpp"
#include "agent/update/hand_over.hpp"

namespace aisle::doctor {
namespace {

// First come what the others need, then the others side by side: together less than half a minute.
constexpr milliseconds kFirstLimit{4000}, kShortLimit{8000}, kRadioLimit{16'000}, kLongLimit{24'000};
constexpr milliseconds kStatusLimit{3000}, kCheckLimit{20'000};

constexpr uid_t kRoot = 0;

// What the groups look at. Shared with threads that may be left behind; written by the first two only, before the
// others begin.
struct Patient {
  Request request;
  Tree tree;
  ConfigurationFacts configuration;
  DaemonFacts daemon;
};
using Shared = std::shared_ptr<const Patient>;

// Of one of the first: the facts go where nobody else writes, and are taken when it has finished in time.
template <class T>
struct Box {
  std::mutex mutex;
  std::optional<T> value;
  void put(T given) {
    const std::scoped_lock lock(mutex);
    value = std::move(given);
  }
  std::optional<T> take() {
    const std::scoped_lock lock(mutex);
    return std::exchange(value, std::nullopt);
  }
};

Findings examine_first(Patient& patient) {
  const auto configuration = std::make_shared<Box<ConfigurationFacts>>();
  const auto daemon = std::make_shared<Box<DaemonFacts>>();
  const Request request = patient.request;
  auto findings = run({{{"config.valid", "config.drop_ins", "config.keys"},
                        kFirstLimit,
                        "look at the disk: sudo dmesg | tail",
                        [configuration, path = request.config](const Tell& tell) {
                          auto facts = gather_configuration(path);
                          judge_configuration(facts, tell);
                          configuration->put(std::move(facts));
                        }},
                       {{"daemon.running"},
                        kFirstLimit,
                        "sudo systemctl restart aisle-agent",
                        [daemon, socket = request.socket](const Tell& tell) {
                          auto facts = gather_daemon(socket, kStatusLimit);
                          tell(judge_daemon(facts));
                          daemon->put(std::move(facts));
                        }}});
  patient.configuration = configuration->take().value_or(ConfigurationFacts{});
  patient.daemon = daemon->take().value_or(DaemonFacts{});
  return findings;
}

Group radio(const Shared& patient) {
  return {{"bluetooth.daemon", "bluetooth.policy", "bluetooth.adapter", "bluetooth.rfkill", "bluetooth.power",
           "bluetooth.scanning", "bluetooth.hearing", "bluetooth.monitor"},
          kRadioLimit,
          "sudo systemctl restart bluetooth",
          [patient](const Tell& tell) {
            const auto& config = patient->configuration.config;
            bool wanted = true;
            std::vector<std::string> names{""};
            if (config) {
              wanted = config->ble.source == config::SourceKind::bluez || config->ble.source == config::SourceKind::hci;
              names.clear();
              for (const auto& adapter : config->ble.adapters) names.push_back(adapter.name);
            }
            judge_bluetooth(gather_bluetooth(patient->tree, wanted, names, patient->daemon, patient->request.socket),
                            tell);
          }};
}

Group clock(const Shared& patient) {
  return {{"time.synchronised"}, kShortLimit, "sudo timedatectl set-ntp true", [patient](const Tell& tell) {
            const auto& config = patient->configuration.config;
            tell(judge_clock(gather_clock(config && config->time_trust == config::ClockTrust::synchronised)));
          }};
}

Result<nlohmann::json> check_database(const Patient& patient) {
  if (!patient.daemon.answers()) return patient.request.check_database();
  return ask(patient.request.socket, {{"verb", "outbox"}, {"action", "check"}}, kCheckLimit);
}

// One after another, so that the speed is that of an idle disk.
Group storage(const Shared& patient) {
  return {
      {"disk.space", "disk.health", "disk.speed", "database.integrity"},
      kLongLimit,
      "sudo dmesg | tail shows why the disk hangs; a database of hundreds of MiB takes longer: aislectl outbox check",
      [patient](const Tell& tell) {
        const std::string& directory = patient->request.state_dir;
        const auto& config = patient->configuration.config;
        const auto disk =
            gather_disk(patient->tree, directory, (config ? config->outbox : config::OutboxSection{}).max_bytes);
        tell(judge_space(disk));
        tell(judge_health(disk));
        tell(judge_speed(gather_speed(directory), directory));
        tell(judge_database(gather_database(app::database_path(directory), [&] { return check_database(*patient); })));
      }};
}

Group broker(const Shared& patient) {
  return {{"broker.dns", "broker.tcp", "broker.tls", "broker.certificate", "broker.own_certificate", "broker.login",
           "broker.subscribe", "broker.publish"},
          kLongLimit,
          "look at the network and the name server: ip route; resolvectl status",
          [patient](const Tell& tell) {
            const auto& config = patient->configuration.config;
            const auto as_owner = open_files_as_owner(patient->request.state_dir);
            if (!as_owner) return;
            judge_broker(config ? gather_broker(*config, patient->daemon, *as_owner) : BrokerFacts{}, tell);
          }};
}

PortFacts gather_ports(const Patient& patient) {
  PortFacts facts;
  facts.listeners = gather_listeners(patient.tree);
  const auto& config = patient.configuration.config;
  facts.configured = config.has_value();
  if (!config) return facts;
  auto nodes = config->sync.nodes;
  if (nodes.empty()) nodes.push_back({config->sync.host, config->sync.port});
  for (const auto& node : nodes) {
    if (config::is_loopback(node.host)) facts.local_brokers.push_back(node.port);
  }
  return facts;
}

Group machine(const Shared& patient) {
  return {{"ports.broker", "ports.http", "memory.available", "memory.daemon", "radio.wifi", "power.supply"},
          kShortLimit,
          "sudo dmesg | tail",
          [patient](const Tell& tell) {
            const auto ports = gather_ports(*patient);
            tell(judge_broker_port(ports));
            tell(judge_http_port(ports));
            const auto memory =
                gather_memory(patient->tree, patient->daemon.pid, patient->daemon.count("/identity/bytes"));
            tell(judge_available_memory(memory));
            tell(judge_daemon_memory(memory));
            tell(judge_wifi(gather_wifi(patient->tree)));
            tell(judge_power_supply(gather_power(patient->tree)));
          }};
}

// As the daemon's user: what it may write is not read as root.
Group updates(const Shared& patient) {
  return {{"update.trust", "update.last", "update.progress"},
          kShortLimit,
          "sudo dmesg | tail",
          [patient](const Tell& tell) {
            const auto& [request, tree, configuration, daemon] = *patient;
            if (!open_files_as_owner(request.state_dir)) return;
            judge_updates(gather_updates(request.config, configuration.config, request.state_dir,
                                         request.root + update::kRootFolder, kRoot),
                          tell);
          }};
}

}  // namespace

Findings examine(const Request& request) {
  const auto patient = std::make_shared<Patient>();
  patient->request = request;
  patient->tree = Tree(request.root);
  Findings first = examine_first(*patient);
  Findings others =
      run({radio(patient), clock(patient), storage(patient), broker(patient), machine(patient), updates(patient)});
  std::ranges::move(others.list, std::back_inserter(first.list));
  first.left_behind = first.left_behind || others.left_behind;
  return first;
}

State worst_of(const std::vector<Finding>& findings) {
  const auto has = [&](State state) { return std::ranges::find(findings, state, &Finding::state) != findings.end(); };
  return has(State::failure) ? State::failure : has(State::warning) ? State::warning : State::ok;
}

nlohmann::ordered_json report_json(const std::vector<Finding>& findings) {
  nlohmann::ordered_json out;
  out["state"] = to_string(worst_of(findings));
  for (const State state : {State::ok, State::warning, State::failure, State::not_applicable})
    out["counts"][std::string(to_string(state))] = std::ranges::count(findings, state, &Finding::state);
  out["checks"] = nlohmann::ordered_json::array();
  for (const auto& finding : findings) {
    out["checks"].push_back({{"id", finding.id},
                             {"state", to_string(finding.state)},
                             {"what", finding.what},
                             {"why", finding.why},
                             {"fix", finding.fix}});
  }
  return out;
}

}  // namespace aisle::doctor
