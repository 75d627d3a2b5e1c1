// `aislectl cloud --command NAME`: sends one command to a gateway and waits for the reply.
#include "agent/cli/cmd_command.hpp"

#include <cstdio>
#include <fstream>

#include "agent/base/log.hpp"
#include "agent/base/loop.hpp"
#include "agent/base/random.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "agent/records/records.hpp"
#include "sync/core/command_message.hpp"
#include "sync/mqtt/library.hpp"

namespace aisle::cli {
namespace {

class CommandSender final : private sync::TransportListener {
 public:
  CommandSender(sync::Transport& transport, std::string topic, std::string reply_topic, std::string payload,
                std::function<void()> done)
      : transport_(transport),
        topic_(std::move(topic)),
        reply_topic_(std::move(reply_topic)),
        payload_(std::move(payload)),
        done_(std::move(done)) {
    transport_.set_listener(this);
    transport_.connect(std::nullopt);
  }
  ~CommandSender() override { transport_.set_listener(nullptr); }
  CommandSender(const CommandSender&) = delete;
  CommandSender& operator=(const CommandSender&) = delete;

  std::string reply, trouble;

 private:
  void on_connected(const sync::Connected&) override { transport_.subscribe({reply_topic_}); }
  void on_disconnected(const sync::Disconnected& why) override { finish(why.state + ": " + why.detail); }
  void on_acknowledged(std::uint64_t, int reason) override {
    if (reason >= 0x80) finish(fmt::format("the broker refused the command with reason 0x{:02x}", reason));
  }
  void on_subscribed(const std::vector<std::pair<std::string, bool>>& granted) override {
    if (!granted.empty() && !granted[0].second) return finish("the broker does not let us read " + reply_topic_);
    sync::OutMessage out;
    out.topic = topic_;
    out.payload = payload_;
    out.content_type = "application/json";
    out.utf8_payload = true;
    transport_.publish(1, std::move(out));
  }
  void on_message(const sync::InMessage& message) override {
    reply = message.payload;
    finish({});
  }
  void finish(std::string why) {
    if (!reply.empty()) why.clear();
    trouble = std::move(why);
    done_();
  }

  sync::Transport& transport_;
  std::string topic_, reply_topic_, payload_;
  std::function<void()> done_;
};

Result<std::string> payload_of(const CommandArguments& arguments, const std::string& store, const std::string& id) {
  auto args = records::parse_json(arguments.args, sync::kMaxCommandBytes);
  if (!args || !args->is_object()) return fail("--args: a JSON object expected");
  std::optional<Ed25519Seed> seed;
  if (!arguments.sign_key.empty()) {
    std::ifstream file(arguments.sign_key);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    auto parsed = parse_ed25519_seed(text);
    if (!parsed) return tl::unexpected(parsed.error().within(arguments.sign_key));
    seed = *parsed;
  }
  sync::CommandMessage command;
  command.name = arguments.name;
  command.id = id;
  command.issued = SystemClock().now();
  command.expires = command.issued + seconds{arguments.expires_s};
  command.args = std::move(*args);
  return sync::command_payload(std::move(command), store, arguments.gateway, seed);
}

}  // namespace

int send_command(const CommandArguments& arguments, sync::MosquittoOptions broker, const std::string& prefix,
                 const std::string& store) {
  const std::string id = arguments.id.empty() ? SystemRandom().identifier(16) : arguments.id;
  const auto payload = payload_of(arguments, store, id);
  if (!payload) return complain(payload.error().message()), kWrongUsage;
  const std::string base = fmt::format("{}/{}/{}", prefix, store, arguments.gateway);

  const Log log(LogLevel::error);
  const SystemClock clock;
  const sync::MosquittoLibrary library;
  EpollLoop loop(clock);
  sync::MosquittoTransport transport(std::move(broker), loop, log);
  CommandSender sender(transport, base + "/cmd/" + arguments.name, base + "/res/" + id, *payload,
                       [&loop] { loop.stop(); });
  loop.after(seconds{arguments.timeout_s}, [&loop] { loop.stop(); });
  loop.run();
  if (!sender.trouble.empty()) return complain(sender.trouble);
  if (sender.reply.empty()) return complain(fmt::format("no reply within {} s", arguments.timeout_s));
  print_line(sender.reply);
  const auto reply = nlohmann::json::parse(sender.reply, nullptr, false);
  return reply.is_object() && reply.value("ok", false) ? kDone : kFailed;
}

}  // namespace aisle::cli
