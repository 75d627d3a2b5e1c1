#include "ble/bluez/monitor_object.hpp"

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

int get_type(sd_bus* /*bus*/, const char* /*path*/, const char* /*interface*/, const char* /*property*/,
             sd_bus_message* reply, void* /*self*/, sd_bus_error* /*error*/) {
  return sd_bus_message_append_basic(reply, 's', "or_patterns");
}

// As bluetoothd wants them: start, type, content (doc/org.bluez.AdvertisementMonitor.rst).
int get_patterns(sd_bus* /*bus*/, const char* /*path*/, const char* /*interface*/, const char* /*property*/,
                 sd_bus_message* reply, void* /*self*/, sd_bus_error* /*error*/) {
  int r = sd_bus_message_open_container(reply, 'a', "(yyay)");
  for (const auto& pattern : beacon_patterns()) {
    if (r >= 0) r = sd_bus_message_open_container(reply, 'r', "yyay");
    if (r >= 0) r = sd_bus_message_append(reply, "yy", unsigned{pattern.start}, unsigned{pattern.type});
    if (r >= 0) r = sd_bus_message_append_array(reply, 'y', pattern.content.data(), pattern.content.size());
    if (r >= 0) r = sd_bus_message_close_container(reply);
  }
  return r < 0 ? r : sd_bus_message_close_container(reply);
}

template <std::int16_t value>
int get_level(sd_bus* /*bus*/, const char* /*path*/, const char* /*interface*/, const char* /*property*/,
              sd_bus_message* reply, void* /*self*/, sd_bus_error* /*error*/) {
  return sd_bus_message_append(reply, "n", int{value});
}

template <std::uint16_t value>
int get_seconds(sd_bus* /*bus*/, const char* /*path*/, const char* /*interface*/, const char* /*property*/,
                sd_bus_message* reply, void* /*self*/, sd_bus_error* /*error*/) {
  return sd_bus_message_append(reply, "q", int{value});
}

class MonitorObjects final : public Exported {
 public:
  explicit MonitorObjects(MonitorHandler handler) : handler_(std::move(handler)) {}
  ~MonitorObjects() override {
    sd_bus_slot_unref(object_);
    sd_bus_slot_unref(manager_);
  }
  MonitorObjects(const MonitorObjects&) = delete;
  MonitorObjects& operator=(const MonitorObjects&) = delete;

  Status offer(sd_bus* bus, const std::string& path);

  static int on_call(sd_bus_message* message, void* self, sd_bus_error* /*error*/) {
    using Kind = MonitorEvent::Kind;
    const std::string_view member = sd_bus_message_get_member(message);
    const char* sender = sd_bus_message_get_sender(message);
    const auto& handler = static_cast<MonitorObjects*>(self)->handler_;
    const int answered = sd_bus_reply_method_return(message, nullptr);
    if (member == "Activate") handler({Kind::activated, sender != nullptr ? sender : ""});
    if (member == "Release") handler({Kind::released, sender != nullptr ? sender : ""});
    return answered < 0 ? answered : 1;
  }

 private:
  const MonitorHandler handler_;
  sd_bus_slot* manager_ = nullptr;
  sd_bus_slot* object_ = nullptr;
};

// Anyone may call: bluetoothd has few rights, and who it was is told to the handler.
constexpr sd_bus_vtable kObject[] = {SD_BUS_VTABLE_START(SD_BUS_VTABLE_UNPRIVILEGED),
                                     SD_BUS_METHOD("Activate", "", "", &MonitorObjects::on_call, 0),
                                     SD_BUS_METHOD("Release", "", "", &MonitorObjects::on_call, 0),
                                     SD_BUS_METHOD("DeviceFound", "o", "", &MonitorObjects::on_call, 0),
                                     SD_BUS_METHOD("DeviceLost", "o", "", &MonitorObjects::on_call, 0),
                                     SD_BUS_PROPERTY("Type", "s", &get_type, 0, 0),
                                     SD_BUS_PROPERTY("Patterns", "a(yyay)", &get_patterns, 0, 0),
                                     SD_BUS_PROPERTY("RSSIHighThreshold", "n", &get_level<kHigh>, 0, 0),
                                     SD_BUS_PROPERTY("RSSILowThreshold", "n", &get_level<kLow>, 0, 0),
                                     SD_BUS_PROPERTY("RSSIHighTimeout", "q", &get_seconds<kSecondsToFind>, 0, 0),
                                     SD_BUS_PROPERTY("RSSILowTimeout", "q", &get_seconds<kSecondsToLose>, 0, 0),
                                     SD_BUS_VTABLE_END};

Status MonitorObjects::offer(sd_bus* bus, const std::string& path) {
  int r = sd_bus_add_object_manager(bus, &manager_, path.c_str());
  if (r >= 0) r = sd_bus_add_object_vtable(bus, &object_, (path + "/beacons").c_str(), kMonitor, kObject, this);
  if (r < 0) return fail("D-Bus objects: {}", std::strerror(-r));
  return {};
}

}  // namespace

Result<std::unique_ptr<Exported>> export_monitor_objects(sd_bus* bus, const MonitorSpec& spec, MonitorHandler handler) {
  auto objects = std::make_unique<MonitorObjects>(std::move(handler));
  if (auto offered = objects->offer(bus, spec.path); !offered) return tl::unexpected(offered.error());
  return std::unique_ptr<Exported>(std::move(objects));
}

}  // namespace aisle::bluez
