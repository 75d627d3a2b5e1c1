#include "tests/e2e/cluster/nats_cluster.hpp"

#include <fmt/format.h>

namespace aisle::e2e {

void NatsCluster::write_configuration(std::size_t node, const std::array<std::uint16_t, kNodes>& routes) const {
  fakes::write_file(
      file(fmt::format("n{}.conf", node)),
      fmt::format("server_name: n{0}\n"
                  "listen: \"127.0.0.1:-1\"\n"
                  "jetstream {{ store_dir: \"{1}\", max_mem: 64M, max_file: 1G }}\n"
                  "mqtt {{ listen: \"127.0.0.1:{2}\", stream_replicas: 3 }}\n"
                  "cluster {{ name: aisle, listen: \"127.0.0.1:{3}\",\n"
                  "  routes: [\"nats://127.0.0.1:{4}\", \"nats://127.0.0.1:{5}\", "
                  "\"nats://127.0.0.1:{6}\"] }}\n",
                  node, file(fmt::format("n{}", node)), port(node), routes.at(node), routes[0], routes[1], routes[2]));
}

bool NatsCluster::start() {
  const auto routes = free_ports();
  for (std::size_t node = 0; node < kNodes; ++node) {
    write_configuration(node, routes);
    fakes::Command command;
    command.argv = {"/usr/sbin/nats-server", "-c", file(fmt::format("n{}.conf", node))};
    run(node, std::move(command));
  }
  for (std::size_t node = 0; node < kNodes; ++node) {
    const auto led = [&] {
      return fakes::read_file(log_path(node) + ".err").find("metadata leader") != std::string::npos;
    };
    if (!listened(port(node)) || !fakes::eventually(led)) return false;
  }
  return true;
}

}  // namespace aisle::e2e
