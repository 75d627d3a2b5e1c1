#include "ble/bluez/session.hpp"

#include <algorithm>
#include <utility>

namespace aisle::bluez {
namespace {

constexpr const char* kBluez = "org.bluez";
constexpr const char* kAdapter = "org.bluez.Adapter1";
constexpr const char* kDevice = "org.bluez.Device1";
constexpr const char* kDBus = "org.freedesktop.DBus";

// bluetoothd itself restarts a filtered scan that the kernel ended; only a longer silence is a loss.
constexpr Duration kDiscoveryGrace = seconds(2);

constexpr Duration kStuckScan = seconds(1);
constexpr Duration kLongestPatience = seconds(120);
// bluetoothd's answer to whatever error the kernel has.
constexpr const char* kCannotScan =
    "an earlier scan has not ended yet, or the adapter refuses to scan (it may have no LE, or be broken): ";

// bluetoothd switches a new adapter on by itself where its AutoEnable says so.
constexpr Duration kAutoEnable = seconds(3);
// Who switches a gateway's radio off may have a reason, and forgets it.
constexpr Duration kRespect = seconds(60);

const Properties* properties_of(const Object& object, const char* interface) {
  const auto found = std::find_if(object.interfaces.begin(), object.interfaces.end(),
                                  [&](const Interface& candidate) { return candidate.name == interface; });
  return found == object.interfaces.end() ? nullptr : &found->properties;
}

std::string describe(const CallError& error) {
  return error.name + ": " + error.message;
}

}  // namespace

Session::Session(Bus& bus, TimerQueue& timers, const Clock& clock, Reporter& reporter, DeviceTable& devices,
                 SessionOptions options)
    : bus_(bus),
      timers_(timers),
      clock_(clock),
      reporter_(reporter),
      devices_(devices),
      purpose_(options.purpose),
      passive_refused_(options.scanning == Scanning::passive && options.purpose == Purpose::adverts),
      scanning_(passive_refused_ ? Scanning::automatic : options.scanning),
      wanted_(options.adapter),
      adapters_(options.adapter),
      rfkill_(std::move(options.rfkill)),
      ask_every_(options.ask_every),
      old_scan_(options.old_scan),
      stuck_patience_(options.old_scan),
      witnesses_(options.witnesses) {}

Session::~Session() {
  begin_anew();
  forget_scan();
}

Status Session::begin() {
  devices_.clear();
  auto listening = bus_.listen(
      match_rules(purpose_, wanted_), [this](std::string_view sender) { return sender == owner_ || sender == kDBus; },
      [this](const Signal& signal) { on_signal(signal); });
  if (!listening) return listening;
  if (auto exported = export_monitor(); !exported) return exported;
  reporter_.starting("looking for bluetoothd");
  ask_owner();
  return {};
}

void Session::ask_owner() {
  // Asking for the owner does not start bluetoothd; a call to it would.
  begin_anew();
  Call query{kDBus, "/org/freedesktop/DBus", kDBus, "GetNameOwner", {std::string(kBluez)}, ReplyKind::text};
  call(query, [this](tl::expected<Reply, CallError>&& reply) {
    if (reply) return on_owner(std::get<std::string>(*reply));
    if (reply.error().name == "org.freedesktop.DBus.Error.NameHasNoOwner") return on_owner("");
    reporter_.down("no bluetoothd", describe(reply.error()));
    later(backoff_.next(), [this] { ask_owner(); });
  });
}

void Session::on_owner(const std::string& owner) {
  begin_anew();
  owner_ = owner;
  adapter_.clear();
  loaded_ = false;
  adapters_.clear();
  devices_.clear();
  backoff_.reset();
  forget_scan();
  if (owner_.empty()) return reporter_.down("no bluetoothd", "nobody owns org.bluez on the bus");
  load();
}

void Session::load() {
  begin_anew();
  loaded_ = false;
  Call query{owner_, "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", {}, ReplyKind::objects};
  call(query, [this](tl::expected<Reply, CallError>&& reply) {
    if (reply) return on_loaded(std::get<std::vector<Object>>(*reply));
    failed("no bluetoothd", "it does not answer: ", reply.error());
    later(backoff_.next(), [this] { load(); });
  });
}

void Session::on_loaded(const std::vector<Object>& objects) {
  loaded_ = true;
  adapters_.clear();
  for (const auto& object : objects) {
    if (const auto* properties = properties_of(object, kAdapter))
      adapters_.update(std::string(object.path), *properties);
  }
  const std::string before = std::exchange(adapter_, adapters_.pick(adapter_));
  if (adapter_ != before) forget_scan();
  devices_.clear();
  for (const auto& object : objects) {
    if (purpose_ == Purpose::control) break;
    const auto* properties = properties_of(object, kDevice);
    const auto address = device_of(adapter_, object.path);
    if (properties != nullptr && address) devices_.remember(*address, device_change(*properties, {}));
  }
  enter();
}

void Session::choose() {
  const std::string chosen = adapters_.pick(adapter_);
  if (chosen == adapter_) return;
  adapter_ = chosen;
  devices_.clear();
  backoff_.reset();
  forget_scan();
  enter();
}

void Session::enter() {
  begin_anew();
  if (adapter_.empty()) return reporter_.down("no adapter", "bluetoothd has no such adapter");
  if (!adapters_.state(adapter_).powered) return wait_for_power(kAutoEnable, "not switched on yet");
  prepare_scan();
}

void Session::start_discovery(bool stop_first) {
  begin_anew();
  if (!stop_first) return set_filter(false);
  // Its answer tells nothing: whether we had a discovery is what we do not know.
  call_adapter("StopDiscovery", false, [this](tl::expected<Reply, CallError>&&) { set_filter(true); });
}

void Session::set_filter(bool stopped_first) {
  call_adapter("SetDiscoveryFilter", true, [this, stopped_first](tl::expected<Reply, CallError>&& reply) {
    if (!reply) return on_refused(reply.error());
    request_discovery(stopped_first);
  });
}

void Session::request_discovery(bool stopped_first) {
  call_adapter("StartDiscovery", false, [this, stopped_first](tl::expected<Reply, CallError>&& reply) {
    if (reply) {
      discovery_ = true;
      return now_hearing();
    }
    const bool stuck = reply.error().name == "org.bluez.Error.InProgress" && !stopped_first;
    if (stuck) return start_discovery(true);
    on_refused(reply.error());
  });
}

void Session::failed(const char* state, const std::string& detail, const CallError& error) {
  if (error.name == "org.freedesktop.DBus.Error.AccessDenied") {
    return reporter_.down("not allowed", "the D-Bus policy does not let us use bluetoothd: " + error.message);
  }
  reporter_.down(state, detail + describe(error));
}

void Session::on_refused(const CallError& error) {
  const bool stop_first = error.name == "org.bluez.Error.InProgress";
  failed("not discovering", stop_first ? kCannotScan : "", error);
  if (error.name == "org.freedesktop.DBus.Error.UnknownObject") {
    // The adapter is not where we think: look again at what there is.
    return later(backoff_.next(), [this] { load(); });
  }
  if (stop_first && scan_is_stuck()) {
    reporter_.note("bluetoothd can neither end nor begin a scan: switching the radio off and on");
    return power_cycle();
  }
  // After a crash of bluetoothd the kernel goes on with its scan, about 10 s long; bluetoothd refuses until it is over.
  later(stop_first ? kStuckScan : backoff_.next(), [this, stop_first] { start_discovery(stop_first); });
}

bool Session::scan_is_stuck() {
  const SteadyTime now = clock_.steady();
  if (!refused_since_) refused_since_ = now;
  if (now - *refused_since_ < stuck_patience_) return false;
  refused_since_.reset();
  stuck_patience_ = std::min<Duration>(2 * stuck_patience_, kLongestPatience);
  reporter_.count_stuck_scan();
  return true;
}

void Session::on_adapter_changed(const AdapterState& before) {
  const AdapterState now = adapters_.state(adapter_);
  if (now.powered != before.powered) {
    backoff_.reset();
    discovery_ = false;
    if (now.powered) return enter();
    if (cycling_power_) return;
    if (blocked_at_ && clock_.steady() - *blocked_at_ < kRespect) {
      return wait_for_power(kAutoEnable, "rfkill had blocked it");
    }
    return wait_for_power(kRespect, "switched off by another program");
  }
  if (hearing_ && discovery_ && before.discovering && !now.discovering) watch_lost_discovery();
}

void Session::watch_lost_discovery() {
  later(kDiscoveryGrace, [this] {
    if (adapters_.state(adapter_).discovering) return;
    reporter_.down("not discovering", "the discovery was stopped");
    start_discovery(false);
  });
}

void Session::call_adapter(const char* method, bool with_filter,
                           std::function<void(tl::expected<Reply, CallError>&&)> then) {
  Call request{owner_, adapter_, kAdapter, method, {}, ReplyKind::nothing};
  if (with_filter) request.arguments.emplace_back(discovery_filter(purpose_));
  call(request, std::move(then));
}

void Session::call(const Call& call, std::function<void(tl::expected<Reply, CallError>&&)> then) {
  bus_.call(call, [this, attempt = attempt_, then = std::move(then)](tl::expected<Reply, CallError>&& reply) {
    if (attempt == attempt_) then(std::move(reply));
  });
}

void Session::begin_anew() {
  ++attempt_;
  hearing_ = false;
  waiting_for_monitor_ = false;
  cycling_power_ = false;
  vitality_.scanning(false, clock_.steady());
  timers_.cancel(timer_);
  timer_ = 0;
}

void Session::later(Duration delay, Task task) {
  timers_.cancel(timer_);
  timer_ = timers_.add(clock_.steady() + delay, std::move(task));
}

}  // namespace aisle::bluez
