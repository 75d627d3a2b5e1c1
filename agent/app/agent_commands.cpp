// What the cloud commands: ping, resync, erase, support-bundle; reload and config are in agent_config.cpp, update in
// agent_update.cpp. Effect, id and reply are committed before the reply is sent.
#include "agent/app/agent.hpp"
#include "agent/app/erasure.hpp"
#include "agent/app/metrics.hpp"
#include "agent/app/secrets.hpp"
#include "agent/app/support_bundle.hpp"

namespace aisle::app {
namespace {

constexpr seconds kIdsKept{8 * 86'400};  // 7 days, and one for a clock that jumped

Json by_reason(const std::map<std::string, std::uint64_t>& counts) {
  Json out = Json::object();
  for (const auto& count : counts) out[count.first] = count.second;
  return out;
}

}  // namespace

bool Agent::time_known() const {
  return time_.known();
}

void Agent::on_command(std::string_view name, const sync::InMessage& message) {
  if (!stopping_) desk_->on_message(name, message);
}

void Agent::find_reply(const std::string& id, Remembered done) {
  store_->read_command(id, std::move(done));
}

void Agent::send_reply(sync::OutMessage message, std::function<void()> accepted) {
  if (session_) session_->reply(std::move(message), std::move(accepted));
}

void Agent::execute(const sync::CommandMessage& command, std::function<void(std::string reply)> done) {
  log_.info("command {} ({})", command.name, command.id);
  if (command.name == "ping") return commit_reply(command, sync::reply_done(command, ping()), std::move(done));
  if (command.name == "resync") return resync(command, done);
  if (command.name == "reload") return reload(command, std::move(done));
  if (command.name == "config") return configure(command, std::move(done));
  if (command.name == update::kCommand) return take_update(command, std::move(done));
  if (command.name == "erase") return erase(command, done);
  collect_bundle_for_cloud([this, command, done = std::move(done)](const Result<Json>& bundle) mutable {
    commit_reply(
        command,
        bundle ? sync::reply_done(command, *bundle) : sync::reply_refused(command, "failed", bundle.error().message()),
        std::move(done));
  });
}

store::CommandRow Agent::command_row(const sync::CommandMessage& command, std::string reply) const {
  return {command.id, command.name, clock_.now().time_since_epoch().count() / 1000,
          sync::changes_state(command.name).value_or(false), std::move(reply)};
}

void Agent::commit_reply(const sync::CommandMessage& command, std::string reply,
                         std::function<void(std::string reply)> done) {
  store::Batch batch;
  batch.command = command_row(command, reply);
  store_->commit(std::move(batch), true,
                 [reply = std::move(reply), done = std::move(done)](const Result<store::Committed>&) { done(reply); });
}

Json Agent::ping() const {
  const auto up = std::chrono::duration_cast<seconds>(clock_.steady() - started_steady_).count();
  return {{"version", AISLE_VERSION},
          {"epoch", epoch_},
          {"uptime_s", up},
          {"time", format_rfc3339(clock_.now())},
          {"clock_trusted", time_known()}};
}

// Epoch and cursor are forgotten on the disk, so that a restart asks as well; what is stored serves until the snapshot
// has come.
void Agent::resync(const sync::CommandMessage& command, const ReplyDone& done) {
  const auto wanted = command.args.find("dataset");
  std::vector<Dataset> datasets;
  for (const auto& entry : session_->status().datasets) {
    const bool meant =
        wanted == command.args.end() || *wanted == "all" || *wanted == std::string(to_string(entry.first));
    if (meant) datasets.push_back(entry.first);
  }
  if (datasets.empty()) {
    return done(
        sync::reply_refused(command, "args", "\"dataset\": one that this gateway keeps in step, or \"all\", expected"));
  }
  Json names = Json::array();
  for (const Dataset dataset : datasets) names.push_back(to_string(dataset));
  const std::string reply = sync::reply_done(command, {{"datasets", std::move(names)}});
  for (const Dataset dataset : datasets) {
    store::Batch batch;
    batch.change.emplace();
    batch.change->dataset = dataset;
    batch.change->confirmed_ms = dataset_states_[dataset].confirmed_ms;
    const bool last = dataset == datasets.back();
    if (last) batch.command = command_row(command, reply);
    store_->commit(std::move(batch), true,
                   [this, dataset, last, reply, done](const Result<store::Committed>& committed) {
                     if (committed && committed->dataset) {
                       note_dataset(dataset, *committed->dataset);
                       session_->on_dataset_changed(dataset, *committed->dataset);
                     }
                     if (last) done(reply);
                   });
  }
}

void Agent::erase(const sync::CommandMessage& command, const ReplyDone& done) {
  const auto order = erase_order(command.args);
  if (!order) return done(sync::reply_refused(command, "args", order.error().message()));
  // On the store's thread: nothing of ours is read there.
  auto reply = [row = command_row(command, {}), command](const Json& result) {
    store::CommandRow filled = row;
    filled.reply = sync::reply_done(command, result);
    return filled;
  };
  erase_customer(*order, command.signature, std::move(reply),
                 [done, command](const Result<store::Committed>& committed, const Json& result) {
                   done(committed ? sync::reply_done(command, result)
                                  : sync::reply_refused(command, "failed", committed.error().message()));
                 });
}

// After a delta that is being taken over: it must not bring back who is erased.
void Agent::erase_customer(const EraseOrder& order, std::string signature, Journal::CommandOf command,
                           std::function<void(const Result<store::Committed>&, const Json&)> done) {
  changes_.add([this, order, signature = std::move(signature), command = std::move(command),
                done = std::move(done)](const Task& finished) {
    erase_in_turn(order, signature, command, [done, finished](const auto& committed, const Json& result) {
      done(committed, result);
      finished();
    });
  });
}

// The visit ends first, while its events can still be told of; then everything goes in one transaction.
void Agent::erase_in_turn(const EraseOrder& order, std::string signature, Journal::CommandOf command,
                          std::function<void(const Result<store::Committed>&, const Json&)> done) {
  pipeline_->erase_customer(order.customer, core_now());
  commit_output(std::nullopt);
  log_.recent().forget(order.customer);
  if (!options_.state_dir.empty()) remove_bundles(options_.state_dir, 0);  // their logs may name the customer
  journal_->record_erasure(order, std::move(signature), std::move(command),
                           [this, order, done = std::move(done)](const Result<store::Committed>& committed) {
                             if (!committed) return done(committed, {});
                             const store::Erased& erased = *committed->erased;
                             for (const auto& entry : erased.datasets) note_dataset(entry.first, entry.second);
                             for (const auto& key : erased.key_list)
                               pipeline_->resolver().erase_keys(key.first, key.second);
                             session_->forget(erased.outbox_ids);
                             enforce_bounds();  // which tells of them
                             done(committed, erased_data(order, erased));
                           });
}

void Agent::collect_bundle(std::vector<BundleFile> more, std::function<void(const Result<Json>&)> done) {
  store_->outbox_status(
      [this, more = std::move(more), done = std::move(done)](const Result<store::OutboxStatus>& outbox) {
        const Json state = status();
        const Json kept = outbox ? outbox_json(*outbox) : Json{{"error", outbox.error().message()}};
        std::string log;
        for (const auto& line : log_.recent().lines()) log += line + "\n";
        std::vector<BundleFile> files = {{"about.json", ping().dump(2)},
                                         {"status.json", state.dump(2)},
                                         {"metrics.txt", metrics_text(state, kept)},
                                         {"config.json", config::show_json(options_.config)},
                                         {"outbox.json", kept.dump(2, ' ', false, Json::error_handler_t::replace)},
                                         {"log.txt", std::move(log)}};
        files.insert(files.end(), more.begin(), more.end());
        done(write_bundle(options_.state_dir, std::move(files), known_secrets(options_.config), clock_.now()));
      });
}

// The examination asks us too, so it goes on beside us.
void Agent::collect_bundle_for_cloud(std::function<void(const Result<Json>&)> done) {
  if (!examine_) return collect_bundle({}, std::move(done));
  examine_([this, done = std::move(done)](const Result<nlohmann::json>& report) mutable {
    if (stopping_) return;
    const nlohmann::json said = report ? *report : nlohmann::json{{"error", report.error().message()}};
    collect_bundle({{"doctor.json", said.dump(2, ' ', false, nlohmann::json::error_handler_t::replace)}},
                   std::move(done));
  });
}

void Agent::forget_commands() {
  if (!time_known()) return;
  store_->forget_commands_before((clock_.now() - kIdsKept).time_since_epoch().count() / 1000);
}

Json Agent::commands_json() const {
  const auto& counters = desk_->counters();
  return {{"received", counters.received},          {"executed", counters.executed},
          {"repeated", counters.repeated},          {"response_topics_ignored", counters.response_topics_ignored},
          {"ignored", by_reason(counters.ignored)}, {"refused", by_reason(counters.refused)}};
}

}  // namespace aisle::app
