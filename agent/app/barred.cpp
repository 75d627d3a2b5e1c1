#include "agent/app/barred.hpp"

#include "sync/core/states.hpp"

namespace aisle::app {

Status BarredSource::start(SourceSink& /*sink*/) {
  return {};
}

SourceStatus BarredSource::status() const {
  return {"none", sync::state::kAnotherMachine, kBarredDetail};
}

void BarredTransport::set_listener(sync::TransportListener* listener) {
  *listener_ = listener;
}

void BarredTransport::connect(const std::optional<sync::Will>& /*will*/) {
  answer({sync::state::kAnotherMachine, kBarredDetail});
}

void BarredTransport::disconnect() {
  answer({sync::state::kClosed, ""});
}

void BarredTransport::subscribe(std::vector<std::string> /*topics*/) {}
void BarredTransport::publish(std::uint64_t /*token*/, sync::OutMessage /*message*/) {}

void BarredTransport::answer(sync::Disconnected why) {
  core_.post([listener = std::weak_ptr(listener_), why = std::move(why)] {
    const auto there = listener.lock();
    if (there && *there != nullptr) (*there)->on_disconnected(why);
  });
}

}  // namespace aisle::app
