// The configuration while the daemon runs: read again on command, or sent by the cloud and tried.
#include "agent/app/agent.hpp"
#include "agent/app/reload.hpp"

namespace aisle::app {
namespace {

constexpr std::size_t kMaxDetail = 2000;

sync::CommandMessage command_of(const CloudConfig& cloud) {
  sync::CommandMessage command;
  command.name = "config";
  command.id = cloud.command;
  return command;
}

}  // namespace

Result<ReloadReport> Agent::reload_configuration() {
  auto refused = [this](const Error& error) {
    log_.warning("the configuration was not reloaded: {}", error.message());
    return tl::unexpected(error);
  };
  if (!session_) return refused(Error("the daemon is still starting"));
  if (cloud_.state == CloudConfigState::pending)
    return refused(Error("a configuration of the cloud is being tried; try again when that is decided"));
  const auto fresh = config::load(options_.config_path);
  if (!fresh) return refused(fresh.error());
  auto report = take(*fresh);
  if (!report) return refused(report.error());
  for (const auto& name : report->applied) log_.info("reloaded: {}", name);
  return report;
}

void Agent::reload(const sync::CommandMessage& command, ReplyDone done) {
  const auto report = reload_configuration();
  if (!report) {
    const std::string why = report.error().message().substr(0, kMaxDetail);
    return commit_reply(command, sync::reply_refused(command, "invalid", why), std::move(done));
  }
  commit_reply(command, sync::reply_done(command, {{"applied", report->applied}, {"restart", report->restart}}),
               std::move(done));
}

// Nothing is taken when there is an error.
Result<ReloadReport> Agent::take(const config::Config& fresh) {
  const auto key = pinned_key(fresh.commands);
  if (!key) return tl::unexpected(key.error());
  ReloadReport report = take_over(options_.config, fresh);
  desk_->set_key(*key);
  log_.set_level(options_.config.log_level);
  refresh_trust();
  enforce_bounds();
  config_digest_ = config::digest_of(options_.config);
  pipeline_->set_thresholds(pipeline_options(options_.config, nullptr).zones);
  return report;
}

void Agent::configure(const sync::CommandMessage& command, ReplyDone done) {
  const auto refuse = [&](std::string_view reason, std::string_view why) {
    log_.warning("the cloud's configuration was refused: {}", why);
    done(sync::reply_refused(command, reason, why.substr(0, kMaxDetail)));
  };
  if (cloud_.state == CloudConfigState::pending)
    return refuse("busy", "the one before is still being tried; send it again");
  // What is tried then is the new version alone.
  if (updates_.standing().state == update::State::installing)
    return refuse("busy", "an update is being installed; send it again afterwards");
  const auto order = config_order(command.args);
  if (!order) return refuse("args", order.error().message());
  auto fresh = load_with_cloud_config(options_.config_path, order->toml);
  if (!fresh) return refuse("invalid", fresh.error().message());
  if (const auto key = pinned_key(fresh->commands); !key) return refuse("invalid", key.error().message());
  config::Config trial = options_.config;
  const auto report = take_over(trial, *fresh);
  if (const auto staged = stage_cloud_config(options_.config_path, order->toml, command.id); !staged)
    return refuse("failed", staged.error().message() + " (aisled must be allowed to write there)");

  cloud_ = {CloudConfigState::pending, command.id, "", order->confirm_within,
            std::make_shared<const config::Config>(options_.config)};
  const Json result = {{"state", "pending"},
                       {"confirm_s", order->confirm_within.count()},
                       {"applied", report.applied},
                       {"restart", report.restart}};
  commit_reply(command, sync::reply_done(command, result),
               [this, done = std::move(done), fresh = std::move(*fresh),
                restart = !report.restart.empty()](const std::string& reply) {
                 if (stopping_) return;  // the next start finds it unconfirmed
                 try_config(fresh, restart);
                 done(reply);
                 if (next_run_) stop();
               });
}

void Agent::try_config(const config::Config& fresh, bool restart) {
  log_.info("a configuration of the cloud ({}) is tried: it has {} s to show a healthy connection", cloud_.command,
            cloud_.confirm_within.count());
  if (restart) {
    next_run_ = NextRun{fresh, cloud_};
    return;
  }
  begin_trial();
  if (const auto taken = take(fresh); !taken) roll_back_config(taken.error().message());
}

void Agent::begin_trial() {
  trial_ends_ = clock_.steady() + cloud_.confirm_within;
  proofs_before_ = session_->proofs();
}

// At the start: what the run before, or the process before, has left to do.
void Agent::settle_config() {
  if (cloud_.state == CloudConfigState::pending) return begin_trial();
  if (cloud_.command.empty()) return;
  if (cloud_.state == CloudConfigState::rolled_back) return report_config();
  // The reply says `pending` if we died right after it was kept.
  store_->read_command(cloud_.command, [this](const Result<std::optional<std::string>>& reply) {
    if (stopping_ || !reply || !*reply) return;
    const auto said = nlohmann::json::parse(**reply, nullptr, false);
    const auto state = nlohmann::json::json_pointer("/result/state");
    if (said.is_object() && said.contains(state) && said[state] == "pending") report_config();
  });
}

Json Agent::config_json() const {
  const Json cloud = cloud_config_json(cloud_);
  return {{"digest", config_digest_}, {"state", cloud["state"]}, {"command", cloud["command"]}};
}

// Once a second.
void Agent::watch_config() {
  session_->set_config(config_json());
  if (outcome_ && session_->online()) {
    desk_->tell(outcome_->first, outcome_->second);
    outcome_.reset();
  }
  if (cloud_.state != CloudConfigState::pending || next_run_) return;
  if (session_->online() && session_->proofs() > proofs_before_) return confirm_config();
  if (clock_.steady() < trial_ends_) return;
  const auto status = session_->status();
  roll_back_config(fmt::format("no healthy connection within {} s ({}{}{})", cloud_.confirm_within.count(),
                               status.state, status.detail.empty() ? "" : ": ", status.detail));
}

void Agent::confirm_config() {
  if (const auto kept = keep_cloud_config(options_.config_path); !kept) return roll_back_config(kept.error().message());
  log_.info("the cloud's configuration ({}) is confirmed", cloud_.command);
  cloud_ = {CloudConfigState::confirmed, cloud_.command};
  report_config();
}

void Agent::roll_back_config(const std::string& why) {
  log_.warning("the cloud's configuration ({}) is rolled back: {}", cloud_.command, why);
  NextRun before = rolled_back(cloud_, why);
  config::Config current = options_.config;
  if (!take_over(current, before.config).restart.empty()) {
    next_run_ = std::move(before);
    return stop();
  }
  cloud_ = before.cloud;
  if (const auto taken = take(before.config); !taken) log_.error("{}", taken.error().message());
  report_config();
}

// What became of it replaces the reply that said `pending`, on the disk first; then what lies aside may go.
void Agent::report_config() {
  const auto command = command_of(cloud_);
  const bool kept = cloud_.state == CloudConfigState::confirmed;
  std::string reply = kept ? sync::reply_done(command, {{"state", "confirmed"}})
                           : sync::reply_refused(command, "rolled_back", cloud_.why.substr(0, kMaxDetail));
  const auto discard = [this, kept] {
    if (kept) return;
    if (const auto gone = discard_cloud_config(options_.config_path); !gone)
      log_.error("what was rolled back cannot be removed: {}", gone.error().message());
  };
  if (command.id.empty()) return discard();
  commit_reply(command, std::move(reply), [this, discard, id = command.id](std::string committed) {
    if (stopping_) return;
    discard();
    outcome_ = {id, std::move(committed)};
    watch_config();
  });
}

}  // namespace aisle::app
