#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <thread>

#include "agent/app/compose.hpp"
#include "agent/base/credential.hpp"
#include "agent/base/loop.hpp"
#include "agent/doctor/broker.hpp"
#include "agent/doctor/within.hpp"
#include "agent/provision/tpm_store.hpp"
#include "sync/core/states.hpp"
#include "sync/mqtt/transport.hpp"

namespace aisle::doctor {
namespace {

using namespace sync;

constexpr milliseconds kNameLimit(5000), kTcpLimit(5000), kTlsLimit(5000);
constexpr milliseconds kLoginLimit(6000), kRightsLimit(3000);
constexpr std::size_t kMaxNodes = 8;

NodeFacts look_at(const std::string& host, std::uint16_t port, const MosquittoTls& tls) {
  NodeFacts node;
  node.host = host;
  node.port = port;
  using Names = tl::expected<std::vector<std::string>, Disconnected>;
  const auto names = within<Names>(kNameLimit, [host] { return addresses_of(host); });
  if (!names || !*names) {
    node.dns = names ? names->error()
                     : Disconnected{state::kDns, fmt::format("{}: no name server answers within {} s", host,
                                                             kNameLimit.count() / 1000)};
    return node;
  }
  node.addresses = **names;
  const auto reached = reach(host, port, kTcpLimit);
  if (!reached) {
    node.tcp = reached.error();
    return node;
  }
  node.address = *reached;
  if (tls.enabled) node.tls = look_at_tls(tls, host, node.address, port, kTlsLimit);
  return node;
}

// Several nodes side by side.
std::vector<NodeFacts> look_at_all(const MosquittoOptions& options) {
  auto nodes = options.nodes;
  if (nodes.empty()) nodes.push_back({options.host, options.port});
  nodes.resize(std::min(nodes.size(), kMaxNodes));
  std::vector<NodeFacts> out(nodes.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    threads.emplace_back([&, i] { out[i] = look_at(nodes[i].host, nodes[i].port, options.tls); });
  for (auto& thread : threads) thread.join();
  return out;
}

// One connection: logs in, subscribes, publishes once, says goodbye.
class Visit final : public TransportListener {
 public:
  Visit(EpollLoop& loop, MosquittoTransport& transport, std::vector<std::string> topics, OutMessage message,
        LoginFacts& facts)
      : loop_(loop), transport_(transport), topics_(std::move(topics)), message_(std::move(message)), facts_(facts) {}

  void begin() {
    transport_.set_listener(this);
    limit(kLoginLimit);
    transport_.connect(std::nullopt);
  }
  [[nodiscard]] bool over() const { return over_; }

  void on_connected(const Connected& /*connected*/) override {
    facts_.connected = true;
    limit(kRightsLimit);
    transport_.subscribe(topics_);
    transport_.publish(1, message_);
  }
  void on_disconnected(const Disconnected& why) override {
    if (why.state != state::kClosed) facts_.why = why;
    over_ = true;
  }
  void on_acknowledged(std::uint64_t /*token*/, int reason) override {
    facts_.reason = reason;
    leave_when_answered();
  }
  void on_message(const InMessage& /*message*/) override {}  // the daemon has it too
  void on_subscribed(const std::vector<std::pair<std::string, bool>>& granted) override {
    facts_.granted = granted;
    facts_.subscribed = true;
    leave_when_answered();
  }

 private:
  void limit(milliseconds time) {
    loop_.cancel(timer_);
    timer_ = loop_.after(time, [this] {
      if (!facts_.connected && !facts_.why)
        facts_.why = Disconnected{state::kUnreachable, "the broker accepts connections and does not answer"};
      over_ = true;
    });
  }
  void leave_when_answered() {
    if (facts_.reason && facts_.subscribed) transport_.disconnect();
  }

  EpollLoop& loop_;
  MosquittoTransport& transport_;
  std::vector<std::string> topics_;
  OutMessage message_;
  LoginFacts& facts_;
  TimerId timer_ = 0;
  bool over_ = false;
};

// As the reply to a command that nobody gave: of all that a gateway may publish the one that changes nothing.
OutMessage harmless(const std::string& base) {
  OutMessage out;
  out.topic = base + "/res/doctor";
  out.payload =
      nlohmann::json{{"id", "doctor"},
                     {"name", "doctor"},
                     {"ok", false},
                     {"error", {{"reason", "doctor"}, {"detail", "aislectl doctor tries the right to publish"}}}}
          .dump();
  out.content_type = "application/json";
  out.utf8_payload = true;
  return out;
}

void log_in(const config::Config& config, MosquittoOptions options, LoginFacts& facts) {
  const std::string store = fmt::format("{}/{}", config.sync.prefix, config.store.id);
  const std::string base = fmt::format("{}/{}", store, config.store.gateway);
  options.client_id = facts.client_id;
  options.connect_timeout = kLoginLimit;
  OutMessage message = harmless(base);
  facts.published = message.topic;
  const SystemClock clock;
  const Log quiet(LogLevel::error);
  EpollLoop loop(clock);
  MosquittoTransport transport(std::move(options), loop, quiet);
  Visit visit(loop, transport, {base + "/cmd/+", base + "/sync/offers", store + "/_all/sync/offers"},
              std::move(message), facts);
  visit.begin();
  while (!visit.over()) loop.run_once();
  transport.set_listener(nullptr);
}

// Why a connection of our own would do harm, or cannot be.
std::string reason_to_skip(const BrokerFacts& facts, const config::SyncSection& sync, bool for_another) {
  bool reached = false;
  for (const auto& node : facts.nodes) reached = reached || (!node.address.empty() && !(node.tls && node.tls->trouble));
  if (!reached) return "the step before it failed";
  if (sync.key.starts_with("pkcs11:") && for_another)
    return fmt::format(
        "root does not load the token's library that the configuration names: sudo -u aisle{} aislectl doctor",
        provision::is_in_tpm({sync.key, sync.token_module, ""}) ? " -g tss" : "");
  if (sync.key.starts_with("pkcs11:") && facts.daemon_state == state::kCredentials)
    return "the token may have refused the PIN, and locks itself after a few wrong ones";
  return {};
}

bool hides_credentials(const config::SyncSection& sync) {
  const char* const handed = std::getenv("CREDENTIALS_DIRECTORY");
  if (handed != nullptr && *handed != '\0') return false;
  return std::ranges::any_of(std::array{&sync.ca, &sync.cert, &sync.key, &sync.password_file, &sync.pin_file},
                             [](const std::string* source) { return names_credential(*source); });
}

}  // namespace

BrokerFacts gather_broker(const config::Config& config, const DaemonFacts& daemon, bool for_another) {
  BrokerFacts facts;
  const auto options = app::transport_options(config.sync, "");
  facts.configured = true;
  facts.tls = config.sync.tls;
  facts.with_certificate = config.sync.tls && !config.sync.cert.empty();
  facts.hidden = hides_credentials(config.sync);
  facts.protocol = config.sync.protocol;
  facts.daemon_state = daemon.text("/sync/state");
  facts.daemon_detail = daemon.text("/sync/detail");
  facts.daemon_online = daemon.online();
  facts.refused = daemon.count("/sync/refused");
  facts.nodes = look_at_all(options);
  if (facts.with_certificate) {
    auto own = own_certificate(options.tls);
    if (own) {
      facts.own = *std::move(own);
    } else {
      facts.own_trouble = own.error().detail;
    }
  }
  facts.login.client_id = fmt::format("{}_{}_doctor", config.store.id, config.store.gateway);
  facts.login.skipped = reason_to_skip(facts, config.sync, for_another);
  if (facts.login.skipped.empty()) log_in(config, options, facts.login);
  return facts;
}

}  // namespace aisle::doctor
