// The radio as bluetoothd controls it, for a source that reads adverts elsewhere.
#pragma once

#include <memory>
#include <mutex>

#include "ble/bluez/bluez_source.hpp"
#include "ble/source/radio.hpp"

namespace aisle {

// A BluezSource, made anew at each start: for control only, or with adverts.
class BluezRadio final : public RadioControl {
 public:
  // `adverts` and `on_state` of `options` are set here. `clock` and `log` outlive the radio.
  BluezRadio(BluezOptions options, const Clock& clock, const Log& log);
  ~BluezRadio() override;
  BluezRadio(const BluezRadio&) = delete;
  BluezRadio& operator=(const BluezRadio&) = delete;

  Status start(SourceSink* adverts, Listener listener) override;
  void stop() override;
  void remedy(Remedy what) override;
  [[nodiscard]] SourceStatus status() const override;

 private:
  // Takes what a control-only source still tells its sink.
  class NoSink final : public SourceSink {
   public:
    bool offer(SourceItem) override { return true; }
    bool wait_and_put(SourceItem) override { return true; }
  };

  const BluezOptions options_;
  const Clock& clock_;
  const Log& log_;
  NoSink no_sink_;
  mutable std::mutex mutex_;  // guards which source it is
  std::unique_ptr<BluezSource> source_;
};

}  // namespace aisle
