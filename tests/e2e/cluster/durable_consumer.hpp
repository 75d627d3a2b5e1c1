// A consumer of every event that is not ours: mosquitto_sub with a session that outlives its connections (MQTT 3.1.1).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/fakes/process.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace aisle::e2e {

class DurableConsumer {
 public:
  // Makes the session, without a connection that stays: from here on the broker keeps events for it.
  [[nodiscard]] bool subscribe(std::uint16_t port) const;
  // Connects, instead of where it was connected.
  void open(std::uint16_t port);
  // The payloads of all connections, as they came.
  [[nodiscard]] std::vector<std::string> payloads() const;

 private:
  [[nodiscard]] static std::vector<std::string> arguments(std::uint16_t port);
  [[nodiscard]] std::string output(int connection) const { return directory_.file(std::to_string(connection)); }

  fakes::TempDir directory_;
  fakes::Process process_;
  int connections_ = 0;
};

}  // namespace aisle::e2e
