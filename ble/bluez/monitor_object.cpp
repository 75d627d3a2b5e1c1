#include "ble/bluez/monitor_object.hpp"

#include <algorithm>
#include <utility>

namespace aisle::bluez {
namespace {

constexpr const char* kMonitor = "org.bluez.AdvertisementMonitor1";

// As bluetoothd wants them: start, type, content (doc/org.bluez.AdvertisementMonitor.rst).
using Pattern = sdbus::Struct<std::uint8_t, std::uint8_t, std::vector<std::uint8_t>>;

std::vector<Pattern> patterns() {
  std::vector<Pattern> out;
  for (const auto& pattern : beacon_patterns()) {
    std::vector<std::uint8_t> content(pattern.content.size());
    std::transform(pattern.content.begin(), pattern.content.end(), content.begin(),
                   [](std::byte octet) { return std::to_integer<std::uint8_t>(octet); });
    out.emplace_back(pattern.start, pattern.type, std::move(content));
  }
  return out;
}

// With thresholds below every signal strength, bluetoothd tells a device once when it comes and once when it is gone
// (adv_monitor.c); without, each of its adverts. 20 dBm or the like would do the same, but thresholds go down to
// controllers that filter by themselves.
constexpr std::int16_t kHigh = -126;
constexpr std::int16_t kLow = -127;
constexpr std::uint16_t kSecondsToFind = 1;
constexpr std::uint16_t kSecondsToLose = 30;

class MonitorObjects final : public Exported {
 public:
  MonitorObjects(sdbus::IConnection& connection, const MonitorSpec& spec, MonitorHandler handler)
      : handler_(std::move(handler)),
        application_(sdbus::createObject(connection, Path(spec.path))),
        monitor_(sdbus::createObject(connection, Path(spec.path + "/beacons"))) {
    application_->addObjectManager();
    offer();
  }

 private:
  using Kind = MonitorEvent::Kind;
#ifdef AISLE_SDBUS_2
  using Path = sdbus::ObjectPath;

  void offer() {
    std::vector<sdbus::VTableItem> items = {
        sdbus::registerMethod("Activate").implementedAs([this] { tell(Kind::activated); }),
        sdbus::registerMethod("Release").implementedAs([this] { tell(Kind::released); }),
        sdbus::registerMethod("DeviceFound").implementedAs([](const Path& /*path*/){}),
        sdbus::registerMethod("DeviceLost").implementedAs([](const Path& /*path*/){}),
        sdbus::registerProperty("Type").withGetter([] { return std::string("or_patterns"); }),
        sdbus::registerProperty("Patterns").withGetter([] { return patterns(); }),
        sdbus::registerProperty("RSSIHighThreshold").withGetter([] { return kHigh; }),
        sdbus::registerProperty("RSSILowThreshold").withGetter([] { return kLow; }),
        sdbus::registerProperty("RSSIHighTimeout").withGetter([] { return kSecondsToFind; }),
        sdbus::registerProperty("RSSILowTimeout").withGetter([] { return kSecondsToLose; })};
    monitor_->addVTable(sdbus::InterfaceName(kMonitor), std::move(items));
  }
  [[nodiscard]] std::string sender() const {
    return monitor_->getCurrentlyProcessedMessage().getSender();
  }
#else
  using Path = std::string;

  void offer() {
    // The registrators keep references: each is used up in the expression that makes it.
    monitor_->registerMethod("Activate").onInterface(kMonitor).implementedAs([this] { tell(Kind::activated); });
    monitor_->registerMethod("Release").onInterface(kMonitor).implementedAs([this] { tell(Kind::released); });
    for (const char* name : {"DeviceFound", "DeviceLost"}) {
      monitor_->registerMethod(name).onInterface(kMonitor).implementedAs([](const sdbus::ObjectPath& /*path*/) {});
    }
    const auto property = [this](const char* name, auto getter) {
      monitor_->registerProperty(name).onInterface(kMonitor).withGetter(std::move(getter));
    };
    property("Type", [] { return std::string("or_patterns"); });
    property("Patterns", [] { return patterns(); });
    property("RSSIHighThreshold", [] { return kHigh; });
    property("RSSILowThreshold", [] { return kLow; });
    property("RSSIHighTimeout", [] { return kSecondsToFind; });
    property("RSSILowTimeout", [] { return kSecondsToLose; });
    monitor_->finishRegistration();
  }
  [[nodiscard]] std::string sender() const {
    const auto* message = monitor_->getCurrentlyProcessedMessage();
    return message != nullptr ? message->getSender() : "";
  }
#endif

  void tell(Kind kind) const {
    handler_({kind, sender()});
  }

  const MonitorHandler handler_;
  std::unique_ptr<sdbus::IObject> application_;
  std::unique_ptr<sdbus::IObject> monitor_;
};

}  // namespace

std::unique_ptr<Exported> export_monitor_objects(sdbus::IConnection& connection, const MonitorSpec& spec,
                                                 MonitorHandler handler) {
  return std::make_unique<MonitorObjects>(connection, spec, std::move(handler));
}

}  // namespace aisle::bluez
