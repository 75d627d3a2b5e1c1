#include "agent/provision/trial.hpp"

#include <optional>

#include "agent/base/log.hpp"
#include "agent/base/loop.hpp"

namespace aisle::provision {
namespace {

constexpr seconds kPatience{30};

class Trial final : private sync::TransportListener {
 public:
  Trial(sync::MosquittoOptions options, std::string topic, EpollLoop& loop, const Log& log)
      : loop_(loop), topic_(std::move(topic)), transport_(std::move(options), loop, log) {}

  Result<std::string> run() {
    transport_.set_listener(this);
    transport_.connect(std::nullopt);
    loop_.after(kPatience, [this] { end(Error(fmt::format("no answer within {} s", kPatience.count()))); });
    loop_.run();
    if (error_) return tl::unexpected(*error_);
    return broker_;
  }

 private:
  void on_connected(const sync::Connected& connected) override {
    broker_ = connected.broker;
    transport_.subscribe({topic_});
  }
  void on_subscribed(const std::vector<std::pair<std::string, bool>>& granted) override {
    for (const auto& [topic, yes] : granted) {
      if (!yes) error_ = Error(fmt::format("the broker lets us in, but not read {}", topic));
    }
    done_ = true;
    transport_.disconnect();
  }
  void on_disconnected(const sync::Disconnected& why) override {
    end(done_ ? error_ : Error(fmt::format("{}: {}", why.state, why.detail)));
  }
  void on_acknowledged(std::uint64_t /*token*/, int /*reason*/) override {}
  void on_message(const sync::InMessage& /*message*/) override {}

  void end(std::optional<Error> error) {
    error_ = std::move(error);
    loop_.stop();
  }

  EpollLoop& loop_;
  std::string topic_, broker_;
  bool done_ = false;
  std::optional<Error> error_;
  sync::MosquittoTransport transport_;
};

}  // namespace

Result<std::string> try_connection(sync::MosquittoOptions options, const std::string& topic) {
  const SystemClock clock;
  const Log log(LogLevel::error);
  EpollLoop loop(clock);
  return Trial(std::move(options), topic, loop, log).run();
}

}  // namespace aisle::provision
