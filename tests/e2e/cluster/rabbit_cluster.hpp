// RabbitMQ with its MQTT plugin; sessions that outlive connections are quorum queues.
#pragma once

#include "tests/e2e/cluster/broker_cluster.hpp"

namespace aisle::e2e {

class RabbitCluster final : public BrokerCluster {
 public:
  // One after the other: nodes of version 3.10 that begin at the same time can leave each other out of the Raft group
  // of the MQTT client ids, and that one cannot do without the wrong node then.
  [[nodiscard]] bool start() override;

 private:
  [[nodiscard]] fakes::Command node_command(std::size_t node) const;
  void write_configuration(std::size_t node) const;

  fakes::Process names_;  // epmd, which knows where the nodes listen for each other
  std::string names_port_;
  std::array<std::uint16_t, kNodes> distribution_ports_{};
};

}  // namespace aisle::e2e
