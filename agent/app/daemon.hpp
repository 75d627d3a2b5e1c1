// The agent in its real surroundings: state directory, database thread, radio, MQTT, control socket.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/app/examiner.hpp"
#include "agent/app/supervision.hpp"
#include "agent/store/state_lock.hpp"

namespace aisle::app {

struct DaemonOptions {
  config::Config config;
  std::string state_dir;
  bool exit_when_done = false;
  std::string config_path{};  // for a reload
  CloudConfig cloud{};
  // A program that prints what doctor finds, for the bundles of the cloud; none: they have nothing of it.
  std::vector<std::string> examine{};
};

class Daemon final {
 public:
  // Opens the state directory and everything that must be there before anything runs. Errors name the part.
  static Result<std::unique_ptr<Daemon>> create(DaemonOptions options, EpollLoop& core, const Clock& clock,
                                                Random& random, const Log& log);
  ~Daemon();

  void start();
  void reload() { supervision_->reload(); }
  // Stops the loop in the end. Twice is once.
  void stop();
  [[nodiscard]] bool failed() const { return agent_->failed(); }
  // Once the loop has stopped: what is to run next; none: it is over.
  [[nodiscard]] std::optional<NextRun> next_run() const { return told_to_stop_ ? std::nullopt : agent_->next_run(); }
  [[nodiscard]] const CloudConfig& cloud_config() const { return agent_->cloud_config(); }

 private:
  Daemon(EpollLoop& core, const Clock& clock, const Log& log) : core_(core), clock_(clock), log_(log) {}
  Status open(DaemonOptions options, Random& random);
  Result<std::optional<seal::MasterKey>> read_master_key(const config::PrivacySection& section);
  Status lock_state(const std::string& state_dir);
  static Result<bool> settle_machine(const std::string& state_dir);
  void give_memory_back();

  EpollLoop& core_;
  const Clock& clock_;
  const Log& log_;
  bool told_to_stop_ = false;
  std::optional<store::StateLock> lock_;
  std::unique_ptr<LoopThread> store_thread_, parser_thread_;
  std::unique_ptr<Agent> agent_;
  std::unique_ptr<Examiner> examiner_;
  ServiceManager manager_;
  std::unique_ptr<Supervision> supervision_;
  std::unique_ptr<control::Server> control_;
};

}  // namespace aisle::app
