// NATS with JetStream and MQTT, every stream on all three nodes.
#pragma once

#include "tests/e2e/cluster/broker_cluster.hpp"

namespace aisle::e2e {

class NatsCluster final : public BrokerCluster {
 public:
  [[nodiscard]] bool start() override;

 private:
  void write_configuration(std::size_t node, const std::array<std::uint16_t, kNodes>& routes) const;
};

}  // namespace aisle::e2e
