// aisled: reads the configuration, composes the daemon, runs until told to stop.
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "agent/app/compose.hpp"
#include "agent/app/runs.hpp"
#include "agent/doctor/doctor.hpp"
#include "agent/provision/tpm_store.hpp"
#include "sync/mqtt/library.hpp"

namespace {

struct Arguments {
  std::string config = "/etc/aisle/aisle.toml";
  std::string state_dir = "/var/lib/aisle";
  bool exit_when_done = false;
  bool examine = false;
};

// What the daemon runs beside itself for a bundle: prints what doctor finds. It ends with whoever started it.
[[noreturn]] void examine(const Arguments& arguments) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  aisle::doctor::Request request;
  request.config = arguments.config;
  request.state_dir = arguments.state_dir;
  request.socket = aisle::app::control_path_to_ask(arguments.state_dir);
  request.check_database = [] { return aisle::fail("the daemon does not answer"); };
  const auto report = aisle::doctor::report_json(aisle::doctor::examine(request).list);
  const std::string text = report.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
  _exit(0);  // a thread that hangs must not meet the end of what it uses
}

// SIGTERM, SIGINT and SIGHUP arrive on the loop; blocked before any thread starts, so that every thread inherits it.
int told_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int run(const Arguments& arguments) {
  const int signals = told_signals();
  aisle::provision::use_tpm_store(arguments.state_dir);
  auto config = aisle::config::load(arguments.config);
  if (!config) {
    std::fprintf(stderr, "%s\n", config.error().message().c_str());
    return 1;
  }
  const aisle::Log log(config->log_level);
  for (const auto& warning : config->warnings) log.warning("{}", warning);
  const auto cloud = aisle::app::cloud_config_at_start(arguments.config);
  if (cloud.state == aisle::app::CloudConfigState::rolled_back)
    log.warning("the cloud's configuration ({}) is rolled back: {}", cloud.command, cloud.why);
  const aisle::SystemClock clock;
  aisle::SystemRandom random;
  const aisle::sync::MosquittoLibrary mosquitto;
  const auto on_signal = [signals](aisle::app::Daemon& daemon) {
    signalfd_siginfo info{};
    if (read(signals, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return;
    info.ssi_signo == SIGHUP ? daemon.reload() : daemon.stop();
  };
  const int code = aisle::app::run_daemon(
      {std::move(*config),
       arguments.state_dir,
       arguments.exit_when_done,
       arguments.config,
       cloud,
       {"/proc/self/exe", "--examine", "--config", arguments.config, "--state-dir", arguments.state_dir}},
      {signals, on_signal}, clock, random, log);
  close(signals);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Aisle: the in-store beacon and geolocation edge agent");
  app.add_option("--config", arguments.config, "Configuration file")->capture_default_str();
  app.add_option("--state-dir", arguments.state_dir, "Where the database and the control socket are")
      ->capture_default_str();
  app.add_flag("--exit-when-done", arguments.exit_when_done,
               "With a replay or simulator source: flush and exit 0 when it has ended");
  app.add_flag("--examine", arguments.examine, "Print what doctor finds, as JSON")->group("");
  app.set_version_flag("--version", AISLE_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (arguments.examine) examine(arguments);
  return run(arguments);
}
