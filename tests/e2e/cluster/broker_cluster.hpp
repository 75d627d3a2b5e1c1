// Three nodes of a real clustered broker on loopback ports, run as whoever runs the test, in a directory of their own.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "tests/fakes/process.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace aisle::e2e {

inline constexpr std::size_t kNodes = 3;

class BrokerCluster {
 public:
  BrokerCluster();
  virtual ~BrokerCluster() = default;
  BrokerCluster(const BrokerCluster&) = delete;
  BrokerCluster& operator=(const BrokerCluster&) = delete;

  // True when the three have found each other and take MQTT connections.
  [[nodiscard]] virtual bool start() = 0;
  // The port of a node for MQTT.
  [[nodiscard]] std::uint16_t port(std::size_t node) const { return ports_.at(node); }
  // SIGKILL.
  void kill(std::size_t node) { nodes_.at(node).kill_hard(); }
  // What the nodes have printed.
  [[nodiscard]] std::string log(std::size_t node) const { return fakes::read_file(log_path(node)); }
  // The three as the value of [sync] host.
  [[nodiscard]] std::string hosts() const;

 protected:
  [[nodiscard]] std::string log_path(std::size_t node) const { return file("log" + std::to_string(node)); }
  [[nodiscard]] std::string file(const std::string& name) const { return directory_.file(name); }
  void run(std::size_t node, fakes::Command command);
  // Waits until a port is listened on.
  [[nodiscard]] static bool listened(std::uint16_t port);
  // Different from each other and from those of before.
  [[nodiscard]] static std::array<std::uint16_t, kNodes> free_ports();

 private:
  fakes::TempDir directory_;
  std::array<std::uint16_t, kNodes> ports_;
  std::array<fakes::Process, kNodes> nodes_;
};

}  // namespace aisle::e2e
