// The agent, composed: one core loop owns all state. Loop, clock, randomness, store, source and transport are handed
// in: `Daemon` gives it the real ones, the simulation its own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/app/certificate_watch.hpp"
#include "agent/app/cloud_config.hpp"
#include "agent/app/compose.hpp"
#include "agent/app/disk_watch.hpp"
#include "agent/app/erasure.hpp"
#include "agent/app/journal.hpp"
#include "agent/app/key_retirement.hpp"
#include "agent/app/reload.hpp"
#include "agent/app/scan_feed.hpp"
#include "agent/app/status.hpp"
#include "agent/app/support_bundle.hpp"
#include "agent/app/time_keeper.hpp"
#include "agent/app/turns.hpp"
#include "agent/app/update_desk.hpp"
#include "agent/base/log.hpp"
#include "agent/base/loop.hpp"
#include "agent/base/random.hpp"
#include "agent/control/server.hpp"
#include "agent/datasets/datasets.hpp"
#include "agent/pipeline/pipeline.hpp"
#include "agent/store/store.hpp"
#include "ble/recording/file_source.hpp"
#include "ble/source/item_queue.hpp"
#include "config/config.hpp"
#include "sync/core/command_desk.hpp"
#include "sync/core/session.hpp"
#include "sync/core/transport.hpp"

namespace aisle::app {

struct AgentOptions {
  config::Config config;
  bool exit_when_done = false;
  std::string config_path{};  // for a reload
  std::string state_dir{};    // for support bundles
  CloudConfig cloud{};        // how the cloud's configuration stands
};

struct AgentParts {
  std::unique_ptr<store::Store> store;
  std::unique_ptr<AdvertSource> source;
  recording::ReplaySource* file_source = nullptr;  // `source`, when it is a file or the simulator
  std::unique_ptr<sync::Transport> transport;
  std::unique_ptr<BootClock> boot;   // none: the monotonic clock
  Executor* parser = nullptr;        // where messages are read and checked; none: on the core. Outlives the agent
  std::function<void()> on_stopped;  // after `stop`, when all is said and written
  // What doctor finds, asked for and told on the core; none: bundles for the cloud have nothing of it.
  std::function<void(std::function<void(const Result<nlohmann::json>& report)>)> examine{};
  std::optional<seal::BoxKeys> box_keys{};  // open what is sealed for this gateway; none: nothing can be
};

// For the service manager.
struct Health {
  bool started = false;  // the datasets are loaded
  bool known = false;    // the states of radio and broker were found out, whatever they are
  std::string radio, cloud;
};

class Agent final : private sync::SessionHost, private sync::CommandPort {
 public:
  // Error: the configuration names an unknown time zone.
  static Result<std::unique_ptr<Agent>> create(AgentOptions options, AgentParts parts, Loop& core, const Clock& clock,
                                               Random& random, const Log& log);
  ~Agent() override;

  // Loads the datasets, then starts sending and hearing.
  void start();
  // Stops hearing, ends visits, flushes, says goodbye; then `on_stopped`. Twice is once.
  void stop();
  // Stops hearing, and nothing else.
  void stop_source();
  // As Prometheus reads it; once the datasets are loaded.
  void collect_metrics(std::function<void(std::string text)> done);
  // What the control socket asks.
  void on_request(nlohmann::json request, const control::ReplyPtr& reply);
  [[nodiscard]] bool failed() const { return failed_; }
  // After `on_stopped`: what is to run next; none: it is over.
  [[nodiscard]] const std::optional<NextRun>& next_run() const { return next_run_; }
  [[nodiscard]] const CloudConfig& cloud_config() const { return cloud_; }
  [[nodiscard]] Json status() const;
  [[nodiscard]] Health health() const;
  // Reads the configuration file again and takes over what can change live. Error: it is invalid, and the old one is
  // still in force.
  Result<ReloadReport> reload_configuration();

 private:
  Agent(AgentOptions options, AgentParts parts, Loop& core, const Clock& clock, Random& random, const Log& log);
  Status open();
  [[nodiscard]] bool file_source() const { return file_source_ != nullptr; }

  // Start, in this order.
  void load_datasets();
  void load_next(std::size_t index);
  void load_again(std::string_view what, const Error& error, Task load);
  void begin();
  void announce_epoch();
  void start_source();

  // Work.
  void drain_queue();
  void schedule_drain();
  void on_source_end(const SourceEnd& end);
  void tick();
  void refresh_trust();
  // Time.
  void begin_time();
  // At once, or when the time is known where the configuration says so.
  void start_session();
  void refresh_time();
  void settle_drafts(bool go_on);
  void rewrite_confirmations();
  [[nodiscard]] Duration consent_age(UnixTime confirmed) const;
  [[nodiscard]] store::SettleDraft settler(bool wait_no_longer) const;
  void restamp(SourceItem& item) const;
  void schedule_deadline();
  void commit_output(std::optional<SteadyTime> arrived);
  void prepare_tokens();
  void catch_up();
  void drop_keys(std::int32_t before);
  void keep_house();
  void enforce_bounds();
  void report_drops(const std::vector<store::Dropped>& drops);
  void finish_when_drained();
  void finish_stop();
  [[nodiscard]] Stamp core_now() const;

  // Datasets.
  void apply(sync::DatasetMessage message, std::function<void(bool)> done) override;
  void stage(sync::StagePage page, std::function<void(bool)> done) override;
  void confirm_current(Dataset dataset) override;
  void on_refused(const store::OutboxEvent& event, int reason, std::string_view why) override;
  // Reads and checks the records where that holds nobody up; `done` on the core.
  void check(datasets::RawChange raw, records::ParseContext context,
             std::function<void(datasets::CheckedChange checked)> done);
  void apply_in_turn(sync::DatasetMessage message, const std::function<void(bool)>& done);
  void apply_change(datasets::CheckedChange change, std::function<void(const Result<store::DatasetState>&)> done);
  // In slices; what is committed later comes after it.
  void apply_in_slices(std::shared_ptr<datasets::Application> change, Task done);
  // `named`: of `count` that were refused.
  void announce_applied(Dataset dataset, const store::DatasetState& state,
                        const std::vector<records::RecordError>& named, std::size_t count);
  void note_fences(const store::DatasetChange& change);
  // Snapshots.
  struct Place : store::RowPlace {
    std::size_t broken = 0;  // records that are not used
  };
  void take_staged(const sync::DatasetMessage& message, std::function<void(bool)> done);
  void on_snapshot_in_force(Dataset dataset, const store::DatasetState& state, std::function<void(bool)> done);
  void withdraw(Dataset dataset, const store::RowPlace& after, const Task& done);
  void bring_in(Dataset dataset, const Place& after, const Task& done);
  void say_broken(Dataset dataset, std::size_t broken, const Task& done);
  void sweep();
  void sweep_some();
  void note_dataset(Dataset dataset, const store::DatasetState& state);
  void maybe_release();
  [[nodiscard]] records::ParseContext parse_context() const;
  [[nodiscard]] std::optional<std::int32_t> key_day() const;

  // Commands.
  using ReplyDone = std::function<void(std::string reply)>;
  void on_command(std::string_view name, const sync::InMessage& message) override;
  [[nodiscard]] bool time_known() const override;
  void find_reply(const std::string& id, Remembered done) override;
  void execute(const sync::CommandMessage& command, ReplyDone done) override;
  void send_reply(sync::OutMessage message, std::function<void()> accepted) override;
  void commit_reply(const sync::CommandMessage& command, std::string reply, ReplyDone done);
  [[nodiscard]] store::CommandRow command_row(const sync::CommandMessage& command, std::string reply) const;
  [[nodiscard]] Json ping() const;
  void resync(const sync::CommandMessage& command, const ReplyDone& done);
  void reload(const sync::CommandMessage& command, ReplyDone done);
  void erase(const sync::CommandMessage& command, const ReplyDone& done);
  // Configuration.
  Result<ReloadReport> take(const config::Config& fresh);
  void configure(const sync::CommandMessage& command, ReplyDone done);
  void try_config(const config::Config& fresh, bool restart);
  void begin_trial();
  void settle_config();
  void watch_config();
  void confirm_config();
  void roll_back_config(const std::string& why);
  void report_config();
  // As the status topic has it.
  [[nodiscard]] Json config_json() const;
  // Updates.
  [[nodiscard]] update::Site update_site() const;
  void take_update(const sync::CommandMessage& command, ReplyDone done);
  void settle_update();
  void watch_update();
  void tell_updates();
  void report_update(const update::Outcome& outcome);
  void erase_customer(const EraseOrder& order, std::string signature, Journal::CommandOf command,
                      std::function<void(const Result<store::Committed>&, const Json& result)> done);
  void erase_in_turn(const EraseOrder& order, std::string signature, Journal::CommandOf command,
                     std::function<void(const Result<store::Committed>&, const Json& result)> done);
  // `more`: files beside those of our own.
  void collect_bundle(std::vector<BundleFile> more, std::function<void(const Result<Json>&)> done);
  void collect_bundle_for_cloud(std::function<void(const Result<Json>&)> done);
  void forget_commands();
  [[nodiscard]] Json commands_json() const;

  // Control socket.
  void reply_list(const nlohmann::json& request, const control::ReplyPtr& reply);
  void reply_import(nlohmann::json request, const control::ReplyPtr& reply);
  void apply_import(datasets::CheckedChange checked, datasets::Refusals refusals, const control::ReplyPtr& reply,
                    const Task& finished);
  void reply_metrics(const control::ReplyPtr& reply);
  void reply_explain(const nlohmann::json& request, const control::ReplyPtr& reply);
  void reply_outbox(const nlohmann::json& request, const control::ReplyPtr& reply);
  void reply_outbox_status(const control::ReplyPtr& reply);
  void reply_outbox_page(const nlohmann::json& request, const control::ReplyPtr& reply);
  void reply_outbox_retry(const nlohmann::json& request, const control::ReplyPtr& reply);
  void reply_erase(const nlohmann::json& request, const control::ReplyPtr& reply);
  void reply_bundle(const nlohmann::json& request, const control::ReplyPtr& reply);
  void reply_reload(const control::ReplyPtr& reply);
  void reply_scan(const control::ReplyPtr& reply);
  void tell_tails(const std::vector<store::OutboxEvent>& events);

  AgentOptions options_;
  Loop& core_;
  std::unique_ptr<BootClock> boot_;
  TimeKeeper time_;
  const Clock& clock_;  // time_
  Random& random_;
  const Log& log_;
  UnixTime started_, recording_start_;
  SteadyTime started_steady_;
  std::string epoch_;

  std::unique_ptr<pipeline::Pipeline> pipeline_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<sync::Transport> transport_;
  std::unique_ptr<sync::Session> session_;
  std::unique_ptr<sync::CommandDesk> desk_;
  std::unique_ptr<ItemQueue> queue_;
  std::unique_ptr<AdvertSource> source_;
  recording::ReplaySource* file_source_;
  std::function<void()> on_stopped_;
  std::function<void(std::function<void(const Result<nlohmann::json>& report)>)> examine_;
  CertificateWatch certificate_;
  DiskWatch disk_;
  std::string box_key_;        // public, hex; "" none
  records::OpenBox open_box_;  // none: no key

  Executor* parser_;
  Turns changes_;  // deltas, imports, erasures
  KeyRetirement retirement_;
  std::map<Dataset, store::DatasetState> dataset_states_;
  std::map<std::string, std::int64_t> lease_fences_;  // the highest seen
  bool leases_lost_ = false;
  bool sweeping_ = false, sweep_asked_ = false;     // until nothing is left; the store is at it
  int replacing_ = 0;                               // snapshots that need what they replaced
  std::map<Dataset, datasets::Refusals> refusals_;  // of snapshots under way
  std::set<Dataset> confirmed_;                     // in this run, by the cloud
  std::vector<control::ReplyPtr> tails_;
  ScanFeed scans_;
  std::vector<SourceItem> items_;
  std::optional<TimerId> deadline_timer_, prepare_timer_;
  bool drain_posted_ = false, source_ended_ = false, stopping_ = false, released_ = false, failed_ = false,
       session_started_ = false;
  bool clock_trusted_ = true, customers_usable_ = true;
  std::map<Dataset, Duration> confirmed_at_;  // those confirmed in this run, on the boot clock
  std::uint64_t records_refused_ = 0;
  std::map<std::string, std::map<std::string, std::uint64_t>> dropped_;  // events of this run: reason, type
  int failed_loads_ = 0;
  bool dropping_keys_ = false;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);  // for what comes back from the parser
  CloudConfig cloud_;
  std::string config_digest_;  // of what is in force
  SteadyTime trial_ends_{};
  std::uint64_t proofs_before_ = 0;                             // of the session, when the trial began
  std::optional<std::pair<std::string, std::string>> outcome_;  // command and reply, not sent yet
  std::optional<NextRun> next_run_;
  UpdateDesk updates_;
  // What became of an update, by command, until the broker has it.
  struct UpdateReply {
    std::string text;
    std::uint64_t sent_on = 0;  // connection, 1 the first; 0: not sent
  };
  std::map<std::string, UpdateReply> updates_ended_;
};

}  // namespace aisle::app
