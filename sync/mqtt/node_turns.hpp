// Whose turn it is among the nodes of a cluster. Internal to sync/mqtt.
#pragma once

#include <vector>

#include "sync/mqtt/transport.hpp"

namespace aisle::sync {

class NodeTurns {
 public:
  // Without nodes, host and port are the only one.
  explicit NodeTurns(const MosquittoOptions& options)
      : nodes_(options.nodes.empty() ? std::vector<BrokerNode>{{options.host, options.port}} : options.nodes),
        at_(options.first_node % nodes_.size()) {}

  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] const BrokerNode& current() const { return nodes_[at_]; }
  void advance() { at_ = (at_ + 1) % nodes_.size(); }

 private:
  std::vector<BrokerNode> nodes_;
  std::size_t at_;
};

}  // namespace aisle::sync
