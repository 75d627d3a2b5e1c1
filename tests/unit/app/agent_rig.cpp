#include "tests/unit/app/agent_rig.hpp"

#include <fstream>
#include <map>

namespace aisle::app {
namespace {

constexpr const char* kConfig = R"(
[store]
id = "s1"
gateway = "g1"
timezone = "Europe/Madrid"
[[zones]]
id = "coffee"
receivers = ["g1"]
[privacy]
allow_static = true
)";

class Ignore final : public control::Reply {
 public:
  void line(const Json& value) override { lines.push_back(value); }
  void text(std::string_view value) override { lines.push_back(Json::parse(value)); }
  void finish() override {}
  [[nodiscard]] bool gone() const override { return false; }
  [[nodiscard]] std::size_t waiting() const override { return 0; }
  std::vector<Json> lines;
};

}  // namespace

class AgentTest::Source final : public AdvertSource {
 public:
  Status start(SourceSink& sink) override {
    sink_ = &sink;
    return {};
  }
  void stop() override { sink_ = nullptr; }
  [[nodiscard]] SourceStatus status() const override { return {"test", "hearing", ""}; }
  void put(SourceItem item) {
    if (sink_ != nullptr && !sink_->offer(std::move(item))) ADD_FAILURE() << "the queue is full";
  }

 private:
  SourceSink* sink_ = nullptr;
};

void AgentTest::start(const std::string& more) {
  if (!config_path.empty()) std::ofstream(config_path) << kConfig + more;
  auto config = config_path.empty() ? config::parse(kConfig + more, "test.toml") : config::load(config_path);
  ASSERT_TRUE(config) << config.error().message();
  loop = std::make_unique<VirtualLoop>(clock);
  AgentParts parts;
  store::StoreOptions options;
  options.path = directory.file("aisle.db");
  options.free_bytes = [this] { return free_bytes; };
  auto store = store::Store::open(options, *loop, *loop);
  ASSERT_TRUE(store) << store.error().message();
  parts.store = std::move(*store);
  auto radio = std::make_unique<Source>();
  source = radio.get();
  parts.source = std::move(radio);
  if (recording_ahead) {
    gate = std::make_unique<recording::ReplaySource>(nullptr, recording::ReplayOptions{}, clock);
    parts.file_source = gate.get();
  }
  auto client = std::make_unique<fakes::FakeTransport>();
  transport = client.get();
  parts.transport = std::move(client);
  parts.boot = std::make_unique<BootView>(boot);
  parts.on_stopped = [this] { stopped = true; };
  auto made = Agent::create({*config, false, config_path, directory.file(""), cloud}, std::move(parts), *loop, clock,
                            random, log);
  ASSERT_TRUE(made) << made.error().message();
  agent = std::move(*made);
  agent->start();
  loop->run_posted();
  go_online();
}

void AgentTest::go_online() {
  if (transport->connecting) {
    transport->accept();
    transport->grant();
  }
  run(milliseconds(10));
}

void AgentTest::crash() {
  for (auto& message : transport->sent("/evt/")) sent.push_back(std::move(message));
  agent.reset();
  loop.reset();
  transport = nullptr;
}

void AgentTest::run(Duration span) {
  for (const Duration step = milliseconds(100); span > Duration{0}; span -= step) {
    loop->run_for(std::min(step, span));
    transport->acknowledge_all();
    loop->run_posted();
  }
}

void AgentTest::hear(ByteSpan payload) {
  Advert advert;
  advert.at = clock.stamp();
  advert.at.wall += recording_ahead.value_or(Duration{0});
  advert.rssi = Dbm{-50};
  advert.payload = Payload(payload);
  source->put(advert);
}

void AgentTest::hear(int customer) {
  for (int i = 0; i < 3; ++i) {
    hear(from_hex(fmt::format("0201061aff4c0002150102030405060708090a0b0c0d0e0f100001{:04x}c5", customer)).value());
    run(milliseconds(500));
  }
}

void AgentTest::import(const std::string& dataset, const std::string& records) {
  const auto reply = std::make_shared<Ignore>();
  agent->on_request({{"verb", "import"}, {"dataset", dataset}, {"records", nlohmann::json::parse(records)}}, reply);
  run(milliseconds(10));
  ASSERT_EQ(reply->lines.size(), 1U);
  EXPECT_EQ(reply->lines[0].value("refused_count", 1), 0) << reply->lines[0];
}

nlohmann::json AgentTest::ask(const nlohmann::json& request) {
  const auto reply = std::make_shared<Ignore>();
  agent->on_request(request, reply);
  run(milliseconds(10));
  return reply->lines.empty() ? nlohmann::json() : nlohmann::json(reply->lines[0]);
}

void AgentTest::import_customers() {
  nlohmann::json all = nlohmann::json::array();
  const nlohmann::json granted = {{"granted_at", "1970-01-01T00:00:01Z"}, {"ref", "test"}};
  for (int i = 1; i <= 3; ++i) {
    all.push_back(
        {{"id", "c-" + std::to_string(i)},
         {"devices", nlohmann::json::array()},
         {"consent", {{"proximity", granted}, {"offers", granted}}},
         {"static",
          {{{"kind", "ibeacon"}, {"uuid", "01020304-0506-0708-090a-0b0c0d0e0f10"}, {"major", 1}, {"minor", i}}}}});
  }
  import("customers", all.dump());
}

std::vector<nlohmann::json> AgentTest::events() const {
  auto messages = sent;
  if (transport != nullptr) {
    for (auto& message : transport->sent("/evt/")) messages.push_back(std::move(message));
  }
  std::vector<nlohmann::json> out;
  for (const auto& message : messages) out.push_back(nlohmann::json::parse(message.payload));
  return out;
}

std::vector<nlohmann::json> AgentTest::events(const std::string& type) const {
  auto all = events();
  std::erase_if(all, [&](const auto& event) { return event["type"] != "io.aisle." + type + ".v1"; });
  return all;
}

void AgentTest::expect_in_order() const {
  std::map<std::string, std::uint64_t> last;
  for (const auto& event : events()) {
    const std::string epoch = event["id"].get<std::string>().substr(0, 16);
    const std::uint64_t sequence = std::stoull(event["sequence"].get<std::string>());
    EXPECT_EQ(sequence, ++last[epoch]) << event;
  }
}

}  // namespace aisle::app
