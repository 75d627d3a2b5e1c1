#include "agent/app/sources.hpp"

#include "agent/app/compose.hpp"
#include "ble/bluez/bluez_radio.hpp"
#include "ble/bluez/bluez_source.hpp"
#include "ble/hci/hci_source.hpp"
#include "ble/recording/recording.hpp"
#include "ble/simulator/simulator.hpp"
#include "ble/source/radios.hpp"

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

// In the log: a name; an adapter that is given by its address, which does not belong there, by its place in the list.
std::string label_of(const config::BleSection& ble, std::size_t index) {
  if (ble.adapters.size() == 1) return {};
  const std::string& name = ble.adapters[index].name;
  return name.find(':') == std::string::npos ? name : fmt::format("adapter {}", index + 1);
}

// One radio, that may ask the others where there are any.
std::unique_ptr<AdvertSource> make_radio(const config::BleSection& ble, std::size_t index, const Witnesses* others,
                                         const Clock& clock, const Log& log) {
  BluezOptions bluez;
  bluez.adapter = ble.adapters[index].name;
  bluez.scanning = scanning_of(ble.scanning);
  bluez.label = label_of(ble, index);
  bluez.witnesses = others;
  if (ble.source == config::SourceKind::bluez) return std::make_unique<BluezSource>(std::move(bluez), clock, log);
  HciOptions hci;
  hci.label = bluez.label;
  hci.witnesses = others;
  return std::make_unique<HciSource>(std::make_unique<BluezRadio>(std::move(bluez), clock, log), hci::open_hci_socket,
                                     clock, log, std::move(hci));
}

std::unique_ptr<AdvertSource> make_radios(const config::BleSection& ble, const std::string& gateway, const Clock& clock,
                                          const Log& log) {
  const auto receiver = [&](const config::AdapterEntry& entry) {
    return entry.receiver.empty() ? gateway : entry.receiver;
  };
  if (ble.adapters.size() == 1 && receiver(ble.adapters[0]) == gateway) return make_radio(ble, 0, nullptr, clock, log);
  auto radios = std::make_unique<Radios>();
  for (std::size_t i = 0; i < ble.adapters.size(); ++i) {
    radios->add(ble.adapters[i].name, GatewayId(receiver(ble.adapters[i])),
                [&](const Witnesses& others) { return make_radio(ble, i, &others, clock, log); });
  }
  return radios;
}

}  // namespace

MadeSource make_source(const config::Config& config, const Clock& clock, const Log& log) {
  const auto& ble = config.ble;
  recording::ReaderFactory open;
  switch (ble.source) {
    case config::SourceKind::bluez:
    case config::SourceKind::hci:
      return {make_radios(ble, config.store.gateway, clock, log), nullptr};
    case config::SourceKind::replay:
      open = [file = ble.file]() -> Result<std::unique_ptr<ItemReader>> {
        auto reader = recording::open_recording(file);
        if (!reader) return tl::unexpected(reader.error());
        return std::unique_ptr<ItemReader>(std::move(*reader));
      };
      break;
    case config::SourceKind::simulator:
      open = [config]() -> Result<std::unique_ptr<ItemReader>> {
        return std::unique_ptr<ItemReader>(std::make_unique<simulator::Simulator>(simulator_options(config)));
      };
      break;
  }
  auto source = std::make_unique<recording::ReplaySource>(
      std::move(open), recording::ReplayOptions{std::string(config::to_string(ble.source)), ble.speed}, clock);
  recording::ReplaySource* const file_source = source.get();
  return {std::move(source), file_source};
}

}  // namespace aisle::app
