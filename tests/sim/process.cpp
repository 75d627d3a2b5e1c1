#include "tests/sim/process.hpp"

namespace aisle::sim {
namespace {

class ShopSource final : public AdvertSource {
 public:
  explicit ShopSource(Shop& shop) : shop_(shop) {}
  ShopSource(const ShopSource&) = delete;
  ShopSource& operator=(const ShopSource&) = delete;
  ~ShopSource() override { shop_.set_sink(nullptr); }
  Status start(SourceSink& sink) override {
    shop_.set_sink(&sink);
    return {};
  }
  void stop() override { shop_.set_sink(nullptr); }
  [[nodiscard]] SourceStatus status() const override { return {"simulation", "hearing", ""}; }

 private:
  Shop& shop_;
};

}  // namespace

Result<std::unique_ptr<Process>> Process::start(World& world) {
  std::unique_ptr<Process> process(new Process(world));
  if (auto opened = process->open(); !opened) return tl::unexpected(opened.error());
  return process;
}

Process::~Process() {
  agent_.reset();
}

Status Process::open() {
  store::StoreOptions options;
  options.path = "/state/aisle.db";
  options.vfs = world_.vfs;
  options.master_key = world_.master_key;
  if (world_.tells_room) options.free_bytes = [&disk = world_.disk] { return disk.room(); };
  auto store = store::Store::open(options, loop_.worker(), loop_);
  if (!store) return tl::unexpected(store.error());
  auto watched = std::make_unique<WatchedStore>(std::move(*store), world_.ledger, world_.disk, loop_,
                                                world_.plants.store, world_.failing_reads);
  store_ = watched.get();
  app::AgentParts parts;
  parts.store = std::move(watched);
  parts.source = std::make_unique<ShopSource>(world_.shop);
  parts.transport =
      std::make_unique<SimTransport>(world_.broker, loop_, world_.disk, world_.ledger, world_.plants.hide_refusals);
  parts.on_stopped = [this] { stopped_ = true; };
  config::Config config = Shop::config();
  config.outbox.max_rows = world_.max_rows;
  auto agent =
      app::Agent::create({std::move(config), false}, std::move(parts), loop_, world_.clock, random_, world_.log);
  if (!agent) return tl::unexpected(agent.error());
  agent_ = std::move(*agent);
  agent_->start();
  return {};
}

}  // namespace aisle::sim
