// One advert source, as the configuration says.
#include "agent/app/agent.hpp"
#include "ble/bluez/bluez_radio.hpp"
#include "ble/bluez/bluez_source.hpp"
#include "ble/hci/hci_source.hpp"
#include "ble/recording/recording.hpp"
#include "ble/simulator/simulator.hpp"

namespace aisle::app {

namespace {

Scanning scanning_of(config::ScanningMode mode) {
  switch (mode) {
    case config::ScanningMode::automatic:
      break;
    case config::ScanningMode::active:
      return Scanning::active;
    case config::ScanningMode::passive:
      return Scanning::passive;
  }
  return Scanning::automatic;
}

BluezOptions bluez_options(const config::BleSection& ble) {
  BluezOptions out;
  out.adapter = ble.adapter;
  out.scanning = scanning_of(ble.scanning);
  return out;
}

}  // namespace

Result<std::unique_ptr<AdvertSource>> Agent::make_source() {
  const auto& ble = options_.config.ble;
  recording::ReaderFactory open;
  switch (ble.source) {
    case config::SourceKind::bluez:
      return std::unique_ptr<AdvertSource>(std::make_unique<BluezSource>(bluez_options(ble), clock_, log_));
    case config::SourceKind::hci:
      return std::unique_ptr<AdvertSource>(std::make_unique<HciSource>(
          std::make_unique<BluezRadio>(bluez_options(ble), clock_, log_), hci::open_hci_socket, clock_, log_));
    case config::SourceKind::replay:
      open = [file = ble.file]() -> Result<std::unique_ptr<ItemReader>> {
        auto reader = recording::open_recording(file);
        if (!reader) return tl::unexpected(reader.error());
        return std::unique_ptr<ItemReader>(std::move(*reader));
      };
      break;
    case config::SourceKind::simulator:
      open = [config = options_.config]() -> Result<std::unique_ptr<ItemReader>> {
        return std::unique_ptr<ItemReader>(std::make_unique<simulator::Simulator>(simulator_options(config)));
      };
      break;
  }
  auto source = std::make_unique<recording::ReplaySource>(
      std::move(open), recording::ReplayOptions{std::string(config::to_string(ble.source)), ble.speed}, clock_);
  file_source_ = source.get();
  return std::unique_ptr<AdvertSource>(std::move(source));
}

}  // namespace aisle::app
