#include "agent/store/store.hpp"

#include <algorithm>

#include "agent/store/sealing.hpp"
#include "agent/store/writer.hpp"

namespace aisle::store {
namespace {

class SqliteStore final : public Store {
 public:
  SqliteStore(std::unique_ptr<Database> database, milliseconds window, Executor& worker, Loop& core)
      : loaded_(database->loaded()), writer_(std::make_shared<Writer>(std::move(database), window, worker, core)) {}
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;
  ~SqliteStore() override { writer_->close(); }

  [[nodiscard]] const Loaded& loaded() const override { return loaded_; }

  void commit(Batch batch, bool urgent, CommitDone done) override {
    writer_->commit(std::move(batch), urgent, std::move(done));
  }

  void read_outbox(std::int64_t after, std::size_t limit, std::size_t max_bytes,
                   std::function<void(Result<std::vector<OutboxRow>>)> done) override {
    writer_->peek<std::vector<OutboxRow>>(
        [=](Database& database) { return database.outbox().read(after, limit, max_bytes); }, std::move(done));
  }

  void acknowledge(const IdRanges& ids) override { writer_->acknowledge(ids); }

  void dead_letter(std::int64_t id, int reason_code, std::string why) override {
    writer_->chore([&](Chores& chores) { chores.dead_letters.push_back({id, reason_code, std::move(why)}); });
  }

  void set_aside(std::int64_t id) override {
    writer_->chore([id](Chores& chores) { chores.damaged.push_back(id); });
  }

  void enforce_bounds(const OutboxBounds& bounds, const IdRanges& keep,
                      std::function<void(Result<std::vector<Dropped>>)> done) override {
    // What the broker has taken is not lost, though its row is there until a delete that failed is tried again.
    writer_->ask<std::vector<Dropped>>(
        [=, writer = writer_.get()](Database& database) {
          IdRanges all = keep;
          all.add(writer->answered());
          return database.enforce_bounds(bounds, all);
        },
        std::move(done));
  }

  void read_records(Dataset dataset, std::function<void(Result<std::vector<RecordRow>>)> done) override {
    writer_->ask<std::vector<RecordRow>>(
        [dataset](Database& database) { return database.datasets().read_records(dataset); }, std::move(done));
  }

  void read_keys(std::function<void(Result<std::vector<KeyRow>>)> done) override {
    writer_->ask<std::vector<KeyRow>>([](Database& database) { return database.datasets().read_keys(); },
                                      std::move(done));
  }

  void read_records_after(Dataset dataset, std::string after, std::size_t limit,
                          std::function<void(Result<std::vector<RecordRow>>)> done) override {
    writer_->ask<std::vector<RecordRow>>(
        [=](Database& database) { return database.datasets().read_records(dataset, after, limit); }, std::move(done));
  }

  void read_keys_after(std::int32_t day, std::int64_t ordinal, std::size_t limit,
                       std::function<void(Result<std::vector<KeyRow>>)> done) override {
    writer_->ask<std::vector<KeyRow>>(
        [=](Database& database) { return database.datasets().read_keys(day, ordinal, limit); }, std::move(done));
  }

  void stage(StagedPage page, std::function<void(Result<bool>)> done) override {
    const auto held = std::make_shared<const StagedPage>(std::move(page));
    if (held->first()) return discard_staged(held, std::move(done));
    writer_->ask<bool>([held](Database& database) { return database.stage(*held); }, std::move(done));
  }

  void read_gone_after(Dataset dataset, RowPlace after, std::size_t limit,
                       std::function<void(Result<Gone>)> done) override {
    writer_->ask<Gone>([=](Database& database) { return database.datasets().gone(dataset, after, limit); },
                       std::move(done));
  }

  void sweep(std::function<void(Result<bool>)> done) override {
    writer_->ask<bool>([](Database& database) { return database.sweep(); }, std::move(done));
  }

  void drop_keys_before(std::int32_t day, std::function<void(Result<bool>)> done) override {
    writer_->ask<bool>([day](Database& database) { return database.drop_keys_before(day); }, std::move(done));
  }

  void compact() override {
    writer_->chore([](Chores& chores) { chores.compact = true; });
  }

  void prune(std::int64_t decisions_before_us, std::int32_t visits_before_day) override {
    writer_->chore([=](Chores& chores) { chores.prune = Chores::Prune{decisions_before_us, visits_before_day}; });
  }

  void read_command(const std::string& id, std::function<void(Result<std::optional<std::string>>)> done) override {
    writer_->ask<std::optional<std::string>>([id](Database& database) { return database.commands().reply(id); },
                                             std::move(done));
  }

  void forget_commands_before(std::int64_t at_ms) override {
    writer_->chore([at_ms](Chores& chores) { chores.commands_before = std::max(chores.commands_before, at_ms); });
  }

  void outbox_status(std::function<void(Result<OutboxStatus>)> done) override {
    writer_->ask<OutboxStatus>([](Database& database) { return database.outbox().status(); }, std::move(done));
  }

  void check_outbox(std::function<void(Result<OutboxCheck>)> done) override {
    writer_->ask<OutboxCheck>([](Database& database) { return database.outbox().check(); }, std::move(done));
  }

  void read_dead_letters(std::int64_t after, std::size_t limit,
                         std::function<void(Result<std::vector<DeadLetter>>)> done) override {
    writer_->ask<std::vector<DeadLetter>>(
        [=](Database& database) { return database.outbox().read_dead_letters(after, limit); }, std::move(done));
  }

  void retry_dead_letters(const DeadLetterChoice& choice, std::function<void(Result<std::uint64_t>)> done) override {
    writer_->ask<std::uint64_t>([choice](Database& database) { return database.retry_dead_letters(choice); },
                                std::move(done));
  }

  bool flush(milliseconds deadline) override { return writer_->flush(deadline); }
  [[nodiscard]] StoreStats stats() const override { return writer_->stats(); }

 private:
  // What an earlier snapshot left beside goes bit by bit: commits do not wait for all of it.
  void discard_staged(const std::shared_ptr<const StagedPage>& page, std::function<void(Result<bool>)> done) {
    writer_->ask<bool>(
        [page](Database& database) -> Result<bool> {
          auto more = database.discard_staged(page->change.dataset);
          if (!more || *more) return more;
          if (auto staged = database.stage(*page); !staged) return staged;
          return false;
        },
        [this, page, done = std::move(done)](Result<bool> more) mutable {
          if (more && *more) return discard_staged(page, std::move(done));
          done(more ? Result<bool>(true) : std::move(more));
        });
  }

  const Loaded loaded_;
  const std::shared_ptr<Writer> writer_;
};

}  // namespace

bool is_sealed(const std::string& path) {
  const auto start = look_at(path, nullptr);
  return start && start->rest == AtRest::sealed;
}

Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options, Executor& worker, Loop& core) {
  auto database = Database::open(options);
  if (!database) return tl::unexpected(database.error());
  return std::make_unique<SqliteStore>(std::move(*database), options.presence_window, worker, core);
}

}  // namespace aisle::store
