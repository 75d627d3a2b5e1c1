#include "tests/e2e/cluster/broker_cluster.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "tests/fakes/mosquitto_broker.hpp"

namespace aisle::e2e {

BrokerCluster::BrokerCluster() : ports_(free_ports()) {}

std::string BrokerCluster::hosts() const {
  return fmt::format(R"(["127.0.0.1:{}", "127.0.0.1:{}", "127.0.0.1:{}"])", ports_[0], ports_[1], ports_[2]);
}

void BrokerCluster::run(std::size_t node, fakes::Command command) {
  command.out = log_path(node);
  command.err = log_path(node) + ".err";
  nodes_.at(node) = fakes::Process(command);
}

// As the kernel's table says: a connection would be one to the broker.
bool BrokerCluster::listened(std::uint16_t port) {
  const std::string wanted = fmt::format(":{:04X} 00000000:0000 0A", port);
  return fakes::eventually([&] { return fakes::read_file("/proc/net/tcp").find(wanted) != std::string::npos; });
}

std::array<std::uint16_t, kNodes> BrokerCluster::free_ports() {
  static std::set<std::uint16_t> given;
  std::array<std::uint16_t, kNodes> out{};
  for (auto& port : out) {
    do {
      port = fakes::free_port();
    } while (!given.insert(port).second);
  }
  return out;
}

}  // namespace aisle::e2e
