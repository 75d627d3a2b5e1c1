#include "tests/e2e/cluster/rabbit_cluster.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "tests/fakes/mosquitto_broker.hpp"

namespace aisle::e2e {
namespace {

// A node has taken more than a minute on a busy machine.
constexpr std::chrono::seconds kStart{240};

std::string name_of(std::size_t node) {
  return fmt::format("n{}@localhost", node);
}

}  // namespace

void RabbitCluster::write_configuration(std::size_t node) const {
  // The first node knows nobody else and so waits for nobody.
  fakes::write_file(file(fmt::format("n{}.conf", node)),
                    fmt::format("listeners.tcp = none\n"
                                "mqtt.listeners.tcp.1 = 127.0.0.1:{}\n"
                                "mqtt.durable_queue_type = quorum\n"
                                "cluster_formation.peer_discovery_backend = classic_config\n"
                                "cluster_formation.classic_config.nodes.1 = {}\n"
                                "log.console = true\n"
                                "log.file = false\n",
                                port(node), name_of(0)));
}

fakes::Command RabbitCluster::node_command(std::size_t node) const {
  const auto own = [&](const char* name) { return file(fmt::format("n{}.{}", node, name)); };
  fakes::Command command;
  command.argv = {"/usr/lib/rabbitmq/bin/rabbitmq-server"};
  command.env = {{"HOME", file("home")},
                 {"ERL_EPMD_PORT", names_port_},
                 {"RABBITMQ_NODENAME", name_of(node)},
                 {"RABBITMQ_DIST_PORT", std::to_string(distribution_ports_.at(node))},
                 {"RABBITMQ_CONFIG_FILE", own("conf")},
                 {"RABBITMQ_CONF_ENV_FILE", "/dev/null"},
                 {"RABBITMQ_ENABLED_PLUGINS_FILE", file("plugins")},
                 {"RABBITMQ_FEATURE_FLAGS_FILE", own("flags")},
                 {"RABBITMQ_MNESIA_BASE", own("data")},
                 {"RABBITMQ_LOG_BASE", own("logs")},
                 {"RABBITMQ_PID_FILE", own("pid")},
                 {"RUNNING_UNDER_SYSTEMD", "true"},  // the script becomes the node, so that we kill that
                 {"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                  "+S 1:1 +SDcpu 1:1 +SDio 2 +A 8 -kernel inet_dist_use_interface {127,0,0,1}"}};
  return command;
}

bool RabbitCluster::start() {
  namespace fs = std::filesystem;
  fs::create_directory(file("home"));
  fakes::write_file(file("home/.erlang.cookie"), "aisle");
  fs::permissions(file("home/.erlang.cookie"), fs::perms::owner_read);
  fakes::write_file(file("plugins"), "[rabbitmq_mqtt].");
  const auto names_port = fakes::free_port();
  names_port_ = std::to_string(names_port);
  distribution_ports_ = free_ports();
  names_ = fakes::Process({{"/usr/bin/epmd", "-address", "127.0.0.1", "-port", names_port_}, {}});
  if (!listened(names_port)) return false;
  for (std::size_t node = 0; node < kNodes; ++node) {
    write_configuration(node);
    run(node, node_command(node));
    const auto ready = [&] { return log(node).find("Server startup complete") != std::string::npos; };
    if (!fakes::eventually(ready, kStart) || !listened(port(node))) return false;
  }
  return true;
}

}  // namespace aisle::e2e
