// The state directory without a daemon: the CLI takes the lock and opens the database itself, on its own thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/app/erasure.hpp"
#include "agent/base/loop.hpp"
#include "agent/cli/command.hpp"
#include "agent/control/client.hpp"
#include "agent/records/records.hpp"
#include "agent/store/state_lock.hpp"
#include "agent/store/store.hpp"

namespace aisle::cli {

class OfflineState {
 public:
  // Locks and opens the database of the state directory, with the master key that the configuration names, if there is
  // one; creates neither the directory nor the database unless `create`. From then on root acts as the directory's
  // owner.
  static Result<std::unique_ptr<OfflineState>> open(const Common& common, bool create);
  // Opens a private copy of the database, which is removed at the end; the original is only read. An absent database is
  // an empty one. Works beside a running daemon.
  // `below`: where the copy is put; empty: the directory for temporary files.
  static Result<std::unique_ptr<OfflineState>> open_copy(const Common& common, const std::string& below = {});
  ~OfflineState();
  OfflineState(const OfflineState&) = delete;
  OfflineState& operator=(const OfflineState&) = delete;

  Result<std::vector<store::RecordRow>> records(Dataset dataset);
  Result<std::vector<store::KeyRow>> keys();
  Result<store::OutboxStatus> outbox();
  Result<store::OutboxCheck> check_outbox();
  // Up to 500 events that wait, or dead letters, with ids above `after`.
  Result<std::vector<store::OutboxRow>> pending(std::int64_t after);
  Result<std::vector<store::DeadLetter>> dead_letters(std::int64_t after);
  Result<std::uint64_t> retry_dead_letters(const store::DeadLetterChoice& choice);
  Result<store::DatasetState> change(store::DatasetChange change, std::vector<std::string> forget);
  // Begins an epoch of its own for the account of it, which the next start of the daemon sends.
  Result<Json> erase(const app::EraseOrder& order, const std::string& store, const std::string& gateway);
  [[nodiscard]] const store::Loaded& loaded() const { return store_->loaded(); }
  // Opens what is sealed for this gateway; none: no master key.
  [[nodiscard]] const records::OpenBox* open_box() const { return open_box_ ? &open_box_ : nullptr; }

 private:
  OfflineState();
  Status open_database(const std::string& path, const std::optional<seal::MasterKey>& key);
  template <class T>
  Result<T> wait(std::optional<Result<T>>& answer);

  ManualClock clock_;
  VirtualLoop loop_;
  std::optional<store::StateLock> lock_;
  std::unique_ptr<store::Store> store_;
  records::OpenBox open_box_;
  std::string scratch_;  // directory of a private copy
};

// Asks the daemon of `state_dir` and collects its answer's lines; nothing when none runs.
Result<std::optional<std::vector<nlohmann::json>>> ask_daemon(const std::string& state_dir,
                                                              const nlohmann::json& request);
// The same, the lines byte for byte.
Result<std::optional<std::vector<std::string>>> ask_daemon_for_text(const std::string& state_dir,
                                                                    const nlohmann::json& request);

}  // namespace aisle::cli
