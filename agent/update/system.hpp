// What the installer needs of the machine: dpkg, systemd, the running daemon, and time to pass.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/base/result.hpp"
#include "agent/base/time.hpp"

namespace aisle::update {

struct PackageFacts {
  std::string name, version, architecture;
};

// What the daemon says of itself.
struct DaemonFacts {
  std::string version, epoch;
  bool online = false;
};

class System {
 public:
  virtual ~System() = default;
  // The version of the package that is installed whole.
  virtual Result<std::string> installed() = 0;
  virtual Result<PackageFacts> facts(const std::string& package) = 0;
  virtual bool newer(const std::string& version, const std::string& than) = 0;
  // Makes a package of what is installed, as it was when it came. Error: it was altered since.
  virtual Status repack(const std::string& to) = 0;
  // Copies the program that runs to where the recovery finds it, and sees that it can run there.
  virtual Status keep_program(const std::string& to) = 0;
  // The unit that runs it stays what it is whatever is installed, until it is forgotten.
  virtual Status keep_unit() = 0;
  virtual void forget_unit() = 0;
  // Error: fewer bytes are free where packages, or `beside`, go.
  virtual Status room(std::uint64_t bytes, const std::string& beside) = 0;
  // Until no other package manager is at work. Error: one is at it for long.
  virtual Status wait_for_packages() = 0;
  virtual Status install(const std::string& package) = 0;
  virtual Status stop() = 0;
  // `wait`: until it is ready.
  virtual Status start(bool wait) = 0;
  // None: it does not answer.
  virtual std::optional<DaemonFacts> daemon() = 0;
  // The schema of the database that the installed programs know. Error: they do not say.
  virtual Result<std::int64_t> schema() = 0;
  virtual void pause(seconds time) = 0;
};

}  // namespace aisle::update
