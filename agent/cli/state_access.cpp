#include "agent/cli/state_access.hpp"

#include <cstdlib>
#include <filesystem>
#include <functional>

#include "agent/app/compose.hpp"
#include "agent/app/journal.hpp"
#include "agent/cli/owner.hpp"

namespace aisle::cli {
namespace fs = std::filesystem;

namespace {
constexpr std::size_t kPageRows = 500;
constexpr std::size_t kPageBytes = std::size_t{2} << 20U;
constexpr milliseconds kAnswerDeadline{120'000};  // an import of a million records

// Of the configuration, where there is one. One that is wrong matters only where the key is needed.
Result<std::optional<seal::MasterKey>> key_of(const Common& common) {
  const bool sealed = store::is_sealed(app::database_path(common.state_dir));
  std::error_code ignored;
  if (!fs::exists(common.config, ignored)) {
    if (!sealed) return std::optional<seal::MasterKey>();
    return fail("the database of {} is sealed, and there is no {}; name the configuration with --config",
                common.state_dir, common.config);
  }
  const auto config = config::load(common.config);
  if (config) return app::master_key(config->privacy);
  if (sealed) return tl::unexpected(config.error());
  return std::optional<seal::MasterKey>();
}

}  // namespace

OfflineState::OfflineState() : clock_(SystemClock().now()), loop_(clock_) {}

OfflineState::~OfflineState() {
  store_.reset();
  std::error_code ignored;
  if (!scratch_.empty()) fs::remove_all(scratch_, ignored);
}

Status OfflineState::open_database(const std::string& path, const std::optional<seal::MasterKey>& key) {
  store::StoreOptions options;
  options.path = path;
  options.master_key = key;
  if (key) open_box_ = [keys = key->box_keys()](ByteSpan box) { return keys.open(box); };
  auto store = store::Store::open(options, loop_, loop_);
  if (!store) return tl::unexpected(store.error());
  store_ = std::move(*store);
  return {};
}

Result<std::unique_ptr<OfflineState>> OfflineState::open(const Common& common, bool create) {
  const std::string& state_dir = common.state_dir;
  std::error_code error;
  if (create) fs::create_directories(state_dir, error);
  if (!create && !fs::exists(app::database_path(state_dir), error))
    return fail("no database in {}; name the right one with --state-dir", state_dir);
  const auto key = key_of(common);
  if (!key) return tl::unexpected(key.error());
  if (auto acts = act_as_owner(common.state_dir); !acts) return tl::unexpected(acts.error());
  std::unique_ptr<OfflineState> state(new OfflineState());
  auto lock = store::StateLock::acquire(state_dir);
  if (!lock) return tl::unexpected(lock.error());
  state->lock_ = std::move(*lock);
  if (auto opened = state->open_database(app::database_path(state_dir), *key); !opened)
    return tl::unexpected(opened.error());
  if (state->loaded().quarantined)
    return fail("the database was corrupt and was moved to {}; run the command again", *state->loaded().quarantined);
  return state;
}

Result<std::unique_ptr<OfflineState>> OfflineState::open_copy(const Common& common, const std::string& below) {
  const std::string& state_dir = common.state_dir;
  const auto key =
      store::is_sealed(app::database_path(state_dir)) ? key_of(common) : Result<std::optional<seal::MasterKey>>();
  if (!key) return tl::unexpected(key.error());
  std::unique_ptr<OfflineState> state(new OfflineState());
  std::error_code error;
  const std::string parent = below.empty() ? fs::temp_directory_path(error).string() : below;
  std::string pattern = parent + "/aisle-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) return fail("no temporary directory could be made below {}", parent);
  state->scratch_ = pattern;
  const std::string from = app::database_path(state_dir);
  const std::string to = app::database_path(state->scratch_);
  for (const char* suffix : {"", "-wal"}) {
    if (!fs::exists(from + suffix, error)) continue;
    fs::copy_file(from + suffix, to + suffix, error);
    if (error) return fail("{}{} cannot be read: {}", from, suffix, error.message());
  }
  if (auto opened = state->open_database(to, *key); !opened) return tl::unexpected(opened.error());
  if (state->loaded().quarantined) return fail("{} is corrupt, or changed while it was read; try again", from);
  return state;
}

template <class T>
Result<T> OfflineState::wait(std::optional<Result<T>>& answer) {
  loop_.run_for(seconds{1});
  if (!answer) return fail("the database did not answer: {}", store_->stats().last_error);
  return std::move(*answer);
}

Result<std::vector<store::RecordRow>> OfflineState::records(Dataset dataset) {
  std::optional<Result<std::vector<store::RecordRow>>> answer;
  store_->read_records(dataset, [&](auto rows) { answer = std::move(rows); });
  return wait(answer);
}

Result<std::vector<store::KeyRow>> OfflineState::keys() {
  std::optional<Result<std::vector<store::KeyRow>>> answer;
  store_->read_keys([&](auto rows) { answer = std::move(rows); });
  return wait(answer);
}

Result<store::OutboxStatus> OfflineState::outbox() {
  std::optional<Result<store::OutboxStatus>> answer;
  store_->outbox_status([&](auto status) { answer = std::move(status); });
  return wait(answer);
}

Result<store::OutboxCheck> OfflineState::check_outbox() {
  std::optional<Result<store::OutboxCheck>> answer;
  store_->check_outbox([&](auto check) { answer = std::move(check); });
  return wait(answer);
}

Result<std::vector<store::OutboxRow>> OfflineState::pending(std::int64_t after) {
  std::optional<Result<std::vector<store::OutboxRow>>> answer;
  store_->read_outbox(after, kPageRows, kPageBytes, [&](auto rows) { answer = std::move(rows); });
  return wait(answer);
}

Result<std::vector<store::DeadLetter>> OfflineState::dead_letters(std::int64_t after) {
  std::optional<Result<std::vector<store::DeadLetter>>> answer;
  store_->read_dead_letters(after, kPageRows, [&](auto letters) { answer = std::move(letters); });
  return wait(answer);
}

Result<std::uint64_t> OfflineState::retry_dead_letters(const store::DeadLetterChoice& choice) {
  std::optional<Result<std::uint64_t>> answer;
  store_->retry_dead_letters(choice, [&](auto count) { answer = std::move(count); });
  return wait(answer);
}

Result<store::DatasetState> OfflineState::change(store::DatasetChange change, std::vector<std::string> forget) {
  store::Batch batch;
  change.confirmed_ms = clock_.now().time_since_epoch().count() / 1000;
  batch.change = std::move(change);
  batch.forget_customers = std::move(forget);
  std::optional<Result<store::Committed>> answer;
  store_->commit(std::move(batch), true, [&](auto committed) { answer = std::move(committed); });
  auto committed = wait(answer);
  if (!committed) return tl::unexpected(committed.error());
  return committed->dataset.value_or(store::DatasetState{});
}

Result<Json> OfflineState::erase(const app::EraseOrder& order, const std::string& store, const std::string& gateway) {
  app::Journal journal({store, gateway, SystemRandom().identifier(16)}, clock_, *store_);
  journal.record(app::epoch_started(loaded(), clock_.now(), "erase"));
  std::optional<Result<Json>> answer;
  journal.record_erasure(order, {}, {}, [&](const Result<store::Committed>& committed) {
    answer = committed ? Result<Json>(app::erased_data(order, *committed->erased)) : tl::unexpected(committed.error());
  });
  return wait(answer);
}

namespace {

// Gives each line of the answer to `take`; false when no daemon runs.
Result<bool> ask_for_lines(const std::string& state_dir, const nlohmann::json& request,
                           const std::function<void(std::string, nlohmann::json)>& take) {
  auto client = control::Client::connect(app::control_path_to_ask(state_dir));
  if (!client) return tl::unexpected(client.error());
  if (*client == nullptr) return false;
  if (auto asked = (*client)->ask(request); !asked) return tl::unexpected(asked.error());
  for (;;) {
    auto text = (*client)->next_text(kAnswerDeadline);
    if (!text) return tl::unexpected(text.error());
    if (!*text) return true;
    auto line = nlohmann::json::parse(**text, nullptr, false);
    if (line.is_discarded()) return fail("the daemon answered with something that is not JSON");
    if (line.is_object() && line.contains("error")) return fail("the daemon says: {}", line["error"].dump());
    take(std::move(**text), std::move(line));
  }
}

}  // namespace

Result<std::optional<std::vector<nlohmann::json>>> ask_daemon(const std::string& state_dir,
                                                              const nlohmann::json& request) {
  std::vector<nlohmann::json> lines;
  const auto asked = ask_for_lines(
      state_dir, request, [&](const std::string& /*text*/, nlohmann::json line) { lines.push_back(std::move(line)); });
  if (!asked) return tl::unexpected(asked.error());
  return *asked ? std::optional(std::move(lines)) : std::nullopt;
}

Result<std::optional<std::vector<std::string>>> ask_daemon_for_text(const std::string& state_dir,
                                                                    const nlohmann::json& request) {
  std::vector<std::string> lines;
  const auto asked = ask_for_lines(
      state_dir, request, [&](std::string text, const nlohmann::json& /*line*/) { lines.push_back(std::move(text)); });
  if (!asked) return tl::unexpected(asked.error());
  return *asked ? std::optional(std::move(lines)) : std::nullopt;
}

}  // namespace aisle::cli
