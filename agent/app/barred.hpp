// What a gateway gets for a radio and a broker on a machine that it was not set up on: it neither hears nor sends, and
// says so, until `aislectl provision` has settled who it is.
#pragma once

#include <memory>

#include "agent/base/loop.hpp"
#include "ble/source/source.hpp"
#include "sync/core/transport.hpp"

namespace aisle::app {

inline constexpr const char* kBarredDetail =
    "this card was set up on another machine; with a new claim `aislectl provision` makes this machine a gateway of "
    "its "
    "own, `aislectl provision --this-machine` says that it takes the other's place";

class BarredSource final : public AdvertSource {
 public:
  Status start(SourceSink& sink) override;
  void stop() override {}
  [[nodiscard]] SourceStatus status() const override;
};

// Every attempt fails at once, with a state of its own.
class BarredTransport final : public sync::Transport {
 public:
  explicit BarredTransport(Loop& core) : core_(core) {}
  void set_listener(sync::TransportListener* listener) override;
  void connect(const std::optional<sync::Will>& will) override;
  void disconnect() override;
  void subscribe(std::vector<std::string> topics) override;
  void publish(std::uint64_t token, sync::OutMessage message) override;

 private:
  void answer(sync::Disconnected why);
  Loop& core_;
  // Shared with what was posted: null once the transport or its listener is gone.
  std::shared_ptr<sync::TransportListener*> listener_ = std::make_shared<sync::TransportListener*>(nullptr);
};

}  // namespace aisle::app
