#include <poll.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>

#include "agent/doctor/bluetooth.hpp"
#include "agent/doctor/within.hpp"
#include "ble/bluez/bus.hpp"
#include "ble/bluez/rfkill.hpp"

namespace aisle::doctor {
namespace {

using namespace bluez;
using SteadyClock = std::chrono::steady_clock;
using Failure = std::optional<CallError>;

constexpr std::chrono::seconds kCallLimit{3};
constexpr milliseconds kBusLimit{8000};  // of two calls
constexpr std::chrono::seconds kListen{3};
constexpr std::chrono::milliseconds kListenStep{250};
constexpr milliseconds kAskLimit{3000};

// Drives the bus until the call is answered or its deadline has passed. `take` reads the reply, which lasts no longer.
Failure call(Bus& bus, const Call& what, const std::function<void(const Reply&)>& take) {
  std::optional<Failure> answer;
  bus.call(what, [&](tl::expected<Reply, CallError>&& given) {
    answer.emplace(given ? Failure() : Failure(given.error()));
    if (given) take(*given);
  });
  const auto end = SteadyClock::now() + kCallLimit + std::chrono::seconds(1);
  while (!answer && SteadyClock::now() < end) {
    const auto more = bus.process();
    if (!more) return CallError{"lost", more.error().message()};
    if (*more || answer) continue;
    const auto wait = bus.poll_data();
    if (!wait) return CallError{"lost", wait.error().message()};
    pollfd ready{wait->fd, wait->events, 0};
    constexpr int kStep = 100;  // ms
    poll(&ready, 1, wait->timeout_ms < 0 ? kStep : std::min(wait->timeout_ms, kStep));
  }
  return answer ? std::move(*answer) : CallError{"org.freedesktop.DBus.Error.NoReply", "no answer"};
}

template <class T>
T value_of(const Properties& properties, const char* name) {
  for (const auto& property : properties) {
    if (const auto* value = std::get_if<T>(&property.value); value != nullptr && property.name == name) return *value;
  }
  return T{};
}

// What the bus said of bluetoothd.
struct BusAnswer {
  Bluetoothd daemon = Bluetoothd::no_bus;
  std::string trouble;
  std::vector<AdapterFacts> adapters;
  std::string version;
};

void take_objects(const std::vector<Object>& objects, BusAnswer& facts) {
  for (const Object& object : objects) {
    AdapterFacts adapter;
    for (const Interface& interface : object.interfaces) {
      if (interface.name == "org.bluez.AdvertisementMonitorManager1") adapter.monitors = true;
      if (interface.name != "org.bluez.Adapter1") continue;
      adapter.known = true;
      adapter.name = object.path.substr(object.path.rfind('/') + 1);
      adapter.address = value_of<std::string_view>(interface.properties, "Address");
      adapter.powered = value_of<bool>(interface.properties, "Powered");
      adapter.discovering = value_of<bool>(interface.properties, "Discovering");
      if (facts.version.empty())
        facts.version = version_of(std::string(value_of<std::string_view>(interface.properties, "Modalias")));
    }
    if (adapter.known) facts.adapters.push_back(std::move(adapter));
  }
}

Bluetoothd meaning_of(const CallError& error) {
  if (error.name == "org.freedesktop.DBus.Error.AccessDenied") return Bluetoothd::denied;
  if (error.name == "org.freedesktop.DBus.Error.NameHasNoOwner" ||
      error.name == "org.freedesktop.DBus.Error.ServiceUnknown")
    return Bluetoothd::absent;
  return Bluetoothd::silent;
}

// Asks for the owner first: a call to a name that nobody owns may start it.
BusAnswer ask_bus() {
  auto bus = Bus::connect("", kCallLimit);
  if (!bus) return {Bluetoothd::no_bus, bus.error().message(), {}, {}};
  Call owner{"org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetNameOwner", {},
             ReplyKind::text};
  owner.arguments.emplace_back(std::string("org.bluez"));
  BusAnswer out{Bluetoothd::answers, {}, {}, {}};
  Failure failure = call(**bus, owner, [](const Reply& /*owner*/) {});
  if (!failure)
    failure = call(
        **bus, {"org.bluez", "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", {}, ReplyKind::objects},
        [&out](const Reply& reply) { take_objects(std::get<std::vector<Object>>(reply), out); });
  if (failure) return {meaning_of(*failure), failure->message, {}, {}};
  return out;
}

// The first message of a connection has no deadline of ours: sd-bus waits for its answer as long as it likes.
void take_bus(BluetoothFacts& facts) {
  auto answer = within<BusAnswer>(kBusLimit, ask_bus)
                    .value_or(BusAnswer{Bluetoothd::no_bus, "the D-Bus daemon does not answer", {}, {}});
  facts.daemon = answer.daemon;
  facts.trouble = answer.trouble;
  facts.adapters = std::move(answer.adapters);
  facts.version = answer.version;
}

// Adapters that bluetoothd does not show, and what blocks any of them.
void ask_kernel(const Tree& tree, BluetoothFacts& facts) {
  for (const auto& name : tree.names("/sys/class/bluetooth")) {
    const bool controller =
        name.starts_with("hci") && name.find(':') == std::string::npos;  // "hci0:11" is a connection
    if (controller && std::ranges::find(facts.adapters, name, &AdapterFacts::name) == facts.adapters.end())
      facts.adapters.push_back({name, "", false, false, false, false, ""});
  }
  const Rfkill rfkill(tree.path("/sys/class/rfkill"));
  for (auto& adapter : facts.adapters) adapter.blocked = rfkill.blocked(adapter.name);
  std::ranges::sort(facts.adapters, {},
                    [](const auto& adapter) { return std::pair(adapter.name.size(), adapter.name); });
}

// Listens on for a moment, until something more was heard.
void ask_daemon(const DaemonFacts& daemon, const std::string& socket, BluetoothFacts& facts) {
  const std::string kind = daemon.text("/source/kind");
  facts.ours = kind == "bluez" || kind == "hci";
  if (!facts.ours) return;
  facts.state = daemon.text("/source/state");
  facts.detail = daemon.text("/source/detail");
  facts.mode = daemon.text("/source/scanning/mode");
  facts.why = daemon.text("/source/scanning/why");
  facts.adverts = daemon.count("/adverts/adverts");
  const auto end = SteadyClock::now() + kListen;
  while (facts.newly == 0 && facts.state == "hearing" && SteadyClock::now() < end) {
    std::this_thread::sleep_for(kListenStep);  // the daemon counts; nothing tells of it
    const auto now = gather_daemon(socket, kAskLimit);
    if (!now.answers()) return;
    facts.newly = std::max(now.count("/adverts/adverts"), facts.adverts) - facts.adverts;
  }
}

void ask_packages(const Tree& tree, BluetoothFacts& facts) {
  facts.installed = tree.exists("/usr/libexec/bluetooth/bluetoothd") || tree.exists("/usr/lib/bluetooth/bluetoothd");
  facts.policy_file = tree.exists("/usr/share/dbus-1/system.d/aisle-agent.conf") ||
                      tree.exists("/etc/dbus-1/system.d/aisle-agent.conf");
}

}  // namespace

BluetoothFacts gather_bluetooth(const Tree& tree, bool wanted, std::vector<std::string> names,
                                const DaemonFacts& daemon, const std::string& socket) {
  BluetoothFacts facts;
  facts.wanted = wanted;
  facts.names = std::move(names);
  if (!wanted) return facts;
  take_bus(facts);
  ask_kernel(tree, facts);
  ask_packages(tree, facts);
  ask_daemon(daemon, socket, facts);
  return facts;
}

}  // namespace aisle::doctor
