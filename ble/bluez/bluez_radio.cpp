#include "ble/bluez/bluez_radio.hpp"

#include <utility>

namespace aisle {

BluezRadio::BluezRadio(BluezOptions options, const Clock& clock, const Log& log)
    : options_(std::move(options)), clock_(clock), log_(log) {}

BluezRadio::~BluezRadio() {
  stop();
}

Status BluezRadio::start(SourceSink* adverts, Listener listener) {
  if (source_ != nullptr) return fail("already started");
  BluezOptions options = options_;
  options.adverts = adverts != nullptr;
  options.on_state = std::move(listener);
  auto source = std::make_unique<BluezSource>(std::move(options), clock_, log_);
  if (auto started = source->start(adverts != nullptr ? *adverts : no_sink_); !started) return started;
  const std::scoped_lock lock(mutex_);
  source_ = std::move(source);
  return {};
}

void BluezRadio::stop() {
  if (source_ == nullptr) return;
  source_->stop();
  const std::scoped_lock lock(mutex_);
  source_.reset();
}

void BluezRadio::remedy(Remedy what) {
  const std::scoped_lock lock(mutex_);
  if (source_ != nullptr) source_->remedy(what);
}

SourceStatus BluezRadio::status() const {
  const std::scoped_lock lock(mutex_);
  return source_ != nullptr ? source_->status() : SourceStatus{"bluez", "stopped", ""};
}

}  // namespace aisle
