#include "ble/bluez/monitor_object.hpp"

#include <array>
#include <cstring>
#include <utility>

namespace aisle::bluez {
namespace {

constexpr const char* kMonitor = "org.bluez.AdvertisementMonitor1";

// With thresholds below every signal strength, bluetoothd tells a device once when it comes and once when it is gone
// (adv_monitor.c); without, each of its adverts. 20 dBm or the like would do the same, but thresholds go down to
// controllers that filter by themselves.
constexpr std::int16_t kHigh = -126;
constexpr std::int16_t kLow = -127;
constexpr std::uint16_t kSecondsToFind = 1;
constexpr std::uint16_t kSecondsToLose = 30;

class MonitorObjects final : public Exported {
 public:
  explicit MonitorObjects(MonitorHandler handler) : handler_(std::move(handler)) {}
  ~MonitorObjects() override {
    for (auto* slot : slots_) sd_bus_slot_unref(slot);
  }
  MonitorObjects(const MonitorObjects&) = delete;
  MonitorObjects& operator=(const MonitorObjects&) = delete;

  // Negative: an errno.
  int offer(sd_bus* bus, const std::string& path) {
    const int r = sd_bus_add_object_manager(bus, &slots_[0], path.c_str());
    if (r < 0) return r;
    return sd_bus_add_object_vtable(bus, &slots_[1], (path + "/beacons").c_str(), kMonitor, vtable(), this);
  }

 private:
  using Kind = MonitorEvent::Kind;

  template <Kind kKind>
  static int on_told(sd_bus_message* message, void* self, sd_bus_error* /*error*/) {
    const char* sender = sd_bus_message_get_sender(message);
    static_cast<const MonitorObjects*>(self)->handler_({kKind, sender != nullptr ? sender : ""});
    return sd_bus_reply_method_return(message, "");
  }
  // Of a device: it is the discovery, or a raw socket, that hears it.
  static int on_device(sd_bus_message* message, void* /*self*/, sd_bus_error* /*error*/) {
    return sd_bus_reply_method_return(message, "");
  }

  static int get_type(sd_bus* /*bus*/, const char* /*path*/, const char* /*interface*/, const char* /*property*/,
                      sd_bus_message* reply, void* /*self*/, sd_bus_error* /*error*/) {
    return sd_bus_message_append(reply, "s", "or_patterns");
  }
  template <auto kValue>
  static int get_number(sd_bus* /*bus*/, const char* /*path*/, const char* /*interface*/, const char* /*property*/,
                        sd_bus_message* reply, void* /*self*/, sd_bus_error* /*error*/) {
    const auto value = kValue;
    return sd_bus_message_append_basic(reply, std::is_signed_v<decltype(kValue)> ? 'n' : 'q', &value);
  }
  // As bluetoothd wants them: start, type, content (doc/org.bluez.AdvertisementMonitor.rst).
  static int get_patterns(sd_bus* /*bus*/, const char* /*path*/, const char* /*interface*/, const char* /*property*/,
                          sd_bus_message* reply, void* /*self*/, sd_bus_error* /*error*/) {
    int r = sd_bus_message_open_container(reply, 'a', "(yyay)");
    for (const auto& pattern : beacon_patterns()) {
      if (r >= 0) r = sd_bus_message_open_container(reply, 'r', "yyay");
      if (r >= 0) r = sd_bus_message_append(reply, "yy", pattern.start, pattern.type);
      if (r >= 0) r = sd_bus_message_append_array(reply, 'y', pattern.content.data(), pattern.content.size());
      if (r >= 0) r = sd_bus_message_close_container(reply);
    }
    return r < 0 ? r : sd_bus_message_close_container(reply);
  }

  static const sd_bus_vtable* vtable() {
    static constexpr std::uint64_t kAnyone = SD_BUS_VTABLE_UNPRIVILEGED;
    static constexpr std::uint64_t kFixed = SD_BUS_VTABLE_PROPERTY_CONST;
    static const std::array<sd_bus_vtable, 12> kTable = {
        sd_bus_vtable SD_BUS_VTABLE_START(0),
        sd_bus_vtable SD_BUS_METHOD("Activate", "", "", &on_told<Kind::activated>, kAnyone),
        sd_bus_vtable SD_BUS_METHOD("Release", "", "", &on_told<Kind::released>, kAnyone),
        sd_bus_vtable SD_BUS_METHOD("DeviceFound", "o", "", &on_device, kAnyone),
        sd_bus_vtable SD_BUS_METHOD("DeviceLost", "o", "", &on_device, kAnyone),
        sd_bus_vtable SD_BUS_PROPERTY("Type", "s", &get_type, 0, kFixed),
        sd_bus_vtable SD_BUS_PROPERTY("Patterns", "a(yyay)", &get_patterns, 0, kFixed),
        sd_bus_vtable SD_BUS_PROPERTY("RSSIHighThreshold", "n", &get_number<kHigh>, 0, kFixed),
        sd_bus_vtable SD_BUS_PROPERTY("RSSILowThreshold", "n", &get_number<kLow>, 0, kFixed),
        sd_bus_vtable SD_BUS_PROPERTY("RSSIHighTimeout", "q", &get_number<kSecondsToFind>, 0, kFixed),
        sd_bus_vtable SD_BUS_PROPERTY("RSSILowTimeout", "q", &get_number<kSecondsToLose>, 0, kFixed),
        sd_bus_vtable SD_BUS_VTABLE_END};
    return kTable.data();
  }

  const MonitorHandler handler_;
  std::array<sd_bus_slot*, 2> slots_{};
};

}  // namespace

Result<std::unique_ptr<Exported>> export_monitor_objects(sd_bus* bus, const MonitorSpec& spec, MonitorHandler handler) {
  auto objects = std::make_unique<MonitorObjects>(std::move(handler));
  if (const int r = objects->offer(bus, spec.path); r < 0) return fail("D-Bus objects: {}", std::strerror(-r));
  return objects;
}

}  // namespace aisle::bluez
