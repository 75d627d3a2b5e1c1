// The system that is there: dpkg, systemd, and the daemon behind its control socket.
#pragma once

#include <string>

#include "agent/update/system.hpp"

namespace aisle::update {

class DebianSystem final : public System {
 public:
  // `folder`: the installer's own.
  DebianSystem(std::string socket, std::string folder) : socket_(std::move(socket)), folder_(std::move(folder)) {}

  Result<std::string> installed() override;
  Result<PackageFacts> facts(const std::string& package) override;
  bool newer(const std::string& version, const std::string& than) override;
  Status repack(const std::string& to) override;
  Status keep_program(const std::string& to) override;
  Status keep_unit() override;
  void forget_unit() override;
  Status room(std::uint64_t bytes, const std::string& beside) override;
  Status wait_for_packages() override;
  Status install(const std::string& package) override;
  Status stop() override;
  Status start(bool wait) override;
  std::optional<DaemonFacts> daemon() override;
  Result<std::int64_t> schema() override;
  void pause(seconds time) override;

 private:
  std::string socket_, folder_;
};

}  // namespace aisle::update
