#include "tests/fakes/bluez/fake_bluez.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace aisle::fakes {
namespace {

constexpr const char* kAdapter = "org.bluez.Adapter1";
constexpr const char* kDevice = "org.bluez.Device1";
constexpr const char* kManager = "org.freedesktop.DBus.ObjectManager";

void check(int result) {
  if (result < 0) throw std::runtime_error("the fake could not write a D-Bus message");
}

std::string adapter_path(const std::string& name) {
  return "/org/bluez/" + name;
}

int append_texts(sd_bus_message* m, const std::vector<std::string>& values) {
  check(sd_bus_message_open_container(m, 'a', "s"));
  for (const auto& value : values) check(sd_bus_message_append(m, "s", value.c_str()));
  return sd_bus_message_close_container(m);
}

// a{sa{sv}} of one interface.
void append_interface(sd_bus_message* m, const char* interface, const DbusProperties& properties) {
  check(sd_bus_message_open_container(m, 'a', "{sa{sv}}"));
  check(sd_bus_message_open_container(m, 'e', "sa{sv}"));
  check(sd_bus_message_append(m, "s", interface));
  check(append_properties(m, properties));
  check(sd_bus_message_close_container(m));
  check(sd_bus_message_close_container(m));
}

void append_object(sd_bus_message* m, const std::string& path, const char* interface,
                   const DbusProperties& properties) {
  check(sd_bus_message_open_container(m, 'e', "oa{sa{sv}}"));
  check(sd_bus_message_append(m, "o", path.c_str()));
  append_interface(m, interface, properties);
  check(sd_bus_message_close_container(m));
}

// The arguments of SetDiscoveryFilter as sorted words: strings, booleans and n, others by their type.
std::string read_filter(sd_bus_message* m) {
  std::vector<std::string> words;
  if (sd_bus_message_enter_container(m, 'a', "{sv}") < 0) return " malformed";
  while (sd_bus_message_enter_container(m, 'e', "sv") > 0) {
    const char* key = nullptr;
    const char* type = nullptr;
    check(sd_bus_message_read(m, "s", &key));
    check(sd_bus_message_peek_type(m, nullptr, &type));
    const std::string kind = type;
    const char* word = "";
    int flag = 0;
    if (kind == "s") check(sd_bus_message_read(m, "v", "s", &word));
    if (kind == "b") check(sd_bus_message_read(m, "v", "b", &flag));
    std::int16_t number = 0;
    if (kind == "n") check(sd_bus_message_read(m, "v", "n", &number));
    if (kind != "s" && kind != "b" && kind != "n") check(sd_bus_message_skip(m, "v"));
    const std::string value = kind == "s"   ? word
                              : kind == "b" ? (flag != 0 ? "true" : "false")
                              : kind == "n" ? std::to_string(number)
                                            : kind;
    words.push_back(" " + std::string(key) + "=" + value);
    check(sd_bus_message_exit_container(m));
  }
  std::sort(words.begin(), words.end());
  std::string out;
  for (const auto& word : words) out += word;
  return out;
}

}  // namespace

FakeBluez::FakeBluez(const std::string& bus_address)
    : bus_(bus_address, [this](sd_bus_message* m, sd_bus_error* error) { return on_call(m, error); }) {
  bus_.own("org.bluez");
}

DbusProperties FakeBluez::properties_of(const Adapter& adapter) {
  return {{"Address", text(adapter.address)},
          {"Powered", boolean(adapter.powered)},
          {"Discovering", boolean(adapter.discovering)}};
}

void FakeBluez::add_adapter(const std::string& name, bool powered, const std::string& address) {
  bus_.run([&] {
    const std::scoped_lock lock(mutex_);
    adapters_[name] = Adapter{powered, false, false, address};
    emit_added(adapter_path(name), kAdapter, properties_of(adapters_[name]));
  });
}

void FakeBluez::remove_adapter(const std::string& name) {
  bus_.run([&] {
    const std::scoped_lock lock(mutex_);
    adapters_.erase(name);
    monitors_.remove(name);
    emit_removed(adapter_path(name), kAdapter);
  });
}

void FakeBluez::set_powered(const std::string& name, bool on) {
  bus_.run([&] {
    const std::scoped_lock lock(mutex_);
    Adapter& adapter = adapters_.at(name);
    adapter.powered = on;
    emit_changed(adapter_path(name), kAdapter, {{"Powered", boolean(on)}}, {});
    if (!on) {
      adapter.session = false;
      set_discovering(name, adapter, false);
    }
  });
}

void FakeBluez::lose_discovery(const std::string& name, bool stuck) {
  bus_.run([&] {
    const std::scoped_lock lock(mutex_);
    Adapter& adapter = adapters_.at(name);
    adapter.session = stuck;
    set_discovering(name, adapter, false);
  });
}

void FakeBluez::refuse_discovery(std::vector<std::string> errors) {
  const std::scoped_lock lock(mutex_);
  refusals_.assign(errors.begin(), errors.end());
}

void FakeBluez::ignore_discovery() {
  const std::scoped_lock lock(mutex_);
  ignore_next_ = true;
}

void FakeBluez::renew_discovery(const std::string& name) {
  bus_.run([&] {
    const std::scoped_lock lock(mutex_);
    Adapter& adapter = adapters_.at(name);
    set_discovering(name, adapter, false);
    set_discovering(name, adapter, true);
  });
}

void FakeBluez::monitors(const std::function<void(FakeMonitors&)>& work) {
  bus_.run([&] {
    const std::scoped_lock lock(mutex_);
    work(monitors_);
  });
}

std::string FakeBluez::device_path(const std::string& adapter, std::string address) {
  std::replace(address.begin(), address.end(), ':', '_');
  return adapter_path(adapter) + "/dev_" + address;
}

void FakeBluez::add_device(const std::string& adapter, const std::string& address, DbusProperties properties,
                           bool announce) {
  properties.emplace_back("Address", text(address));
  properties.emplace_back("AddressType", text("random"));
  bus_.run([&] {
    const std::scoped_lock lock(mutex_);
    const auto path = device_path(adapter, address);
    if (announce) emit_added(path, kDevice, properties);
    devices_[path] = std::move(properties);
  });
}

void FakeBluez::remove_device(const std::string& adapter, const std::string& address) {
  bus_.run([&] {
    const std::scoped_lock lock(mutex_);
    devices_.erase(device_path(adapter, address));
    emit_removed(device_path(adapter, address), kDevice);
  });
}

void FakeBluez::change_device(const std::string& adapter, const std::string& address, const DbusProperties& changed,
                              const std::vector<std::string>& invalidated) {
  bus_.run([&] { emit_changed(device_path(adapter, address), kDevice, changed, invalidated); });
}

void FakeBluez::send_lookalike(const std::string& path, const char* interface, const DbusProperties& changed) {
  const std::string to = client();
  bus_.run([&] {
    const auto message = bus_.new_signal(path.c_str(), interface, "PropertiesChanged");
    check(sd_bus_message_append(message.get(), "s", "org.bluez.Device1"));
    check(append_properties(message.get(), changed));
    check(sd_bus_message_append(message.get(), "as", 0));
    check(sd_bus_message_set_destination(message.get(), to.c_str()));  // whatever it listens for
    bus_.send(message);
  });
}

void FakeBluez::send_malformed_signal(const std::string& path, const char* interface, const char* member) {
  bus_.run([&] {
    const auto message = bus_.new_signal(path.c_str(), interface, member);
    check(sd_bus_message_append(message.get(), "s", "not what you expect"));
    bus_.send(message);
  });
}

std::vector<std::string> FakeBluez::calls() const {
  const std::scoped_lock lock(mutex_);
  return calls_;
}

std::string FakeBluez::client() const {
  const std::scoped_lock lock(mutex_);
  return client_;
}

bool FakeBluez::discovering(const std::string& name) const {
  const std::scoped_lock lock(mutex_);
  const auto found = adapters_.find(name);
  return found != adapters_.end() && found->second.discovering;
}

int FakeBluez::on_call(sd_bus_message* message, sd_bus_error* error) {
  const std::string path = sd_bus_message_get_path(message);
  const std::string member = sd_bus_message_get_member(message);
  const std::scoped_lock lock(mutex_);
  client_ = sd_bus_message_get_sender(message);
  if (sd_bus_message_is_method_call(message, kManager, "GetManagedObjects") > 0) return reply_objects(message);
  if (sd_bus_message_is_method_call(message, "org.bluez.AdvertisementMonitorManager1", nullptr) > 0) {
    return monitors_.on_call(path.substr(path.rfind('/') + 1), message, error);
  }
  if (path.starts_with("/org/bluez/")) return on_adapter_call(path.substr(11), member, message, error);
  return 0;
}

int FakeBluez::on_adapter_call(const std::string& name, const std::string& member, sd_bus_message* message,
                               sd_bus_error* error) {
  calls_.push_back(name + " " + member + (member == "SetDiscoveryFilter" ? read_filter(message) : ""));
  const auto found = adapters_.find(name);
  if (found == adapters_.end()) return sd_bus_error_set(error, "org.freedesktop.DBus.Error.UnknownObject", "gone");
  Adapter& adapter = found->second;
  if (!adapter.powered) return sd_bus_error_set(error, "org.bluez.Error.NotReady", "Resource Not Ready");
  if (member == "StartDiscovery") return start_discovery(name, adapter, message, error);
  if (member == "StopDiscovery") return stop_discovery(name, adapter, message, error);
  return sd_bus_reply_method_return(message, "");
}

int FakeBluez::start_discovery(const std::string& name, Adapter& adapter, sd_bus_message* message,
                               sd_bus_error* error) {
  if (std::exchange(ignore_next_, false)) return 1;
  if (!refusals_.empty()) {
    const std::string refusal = refusals_.front();
    refusals_.pop_front();
    return sd_bus_error_set(error, refusal.c_str(), "as scripted");
  }
  if (adapter.session) return sd_bus_error_set(error, "org.bluez.Error.InProgress", "Operation already in progress");
  adapter.session = true;
  const int result = sd_bus_reply_method_return(message, "");
  set_discovering(name, adapter, true);
  return result;
}

int FakeBluez::stop_discovery(const std::string& name, Adapter& adapter, sd_bus_message* message, sd_bus_error* error) {
  if (!adapter.session) return sd_bus_error_set(error, "org.bluez.Error.Failed", "No discovery started");
  adapter.session = false;
  set_discovering(name, adapter, false);
  return sd_bus_reply_method_return(message, "");
}

int FakeBluez::reply_objects(sd_bus_message* message) {
  sd_bus_message* raw = nullptr;
  check(sd_bus_message_new_method_return(message, &raw));
  const MessagePtr reply(raw, &sd_bus_message_unref);
  check(sd_bus_message_open_container(raw, 'a', "{oa{sa{sv}}}"));
  for (const auto& entry : adapters_) {
    append_object(raw, adapter_path(entry.first), kAdapter, properties_of(entry.second));
  }
  for (const auto& entry : devices_) append_object(raw, entry.first, kDevice, entry.second);
  check(sd_bus_message_close_container(raw));
  bus_.send(reply);
  return 1;
}

void FakeBluez::set_discovering(const std::string& name, Adapter& adapter, bool on) {
  if (adapter.discovering == on) return;
  adapter.discovering = on;
  emit_changed(adapter_path(name), kAdapter, {{"Discovering", boolean(on)}}, {});
}

void FakeBluez::emit_changed(const std::string& path, const char* interface, const DbusProperties& changed,
                             const std::vector<std::string>& invalidated) {
  const auto message = bus_.new_signal(path.c_str(), "org.freedesktop.DBus.Properties", "PropertiesChanged");
  check(sd_bus_message_append(message.get(), "s", interface));
  check(append_properties(message.get(), changed));
  check(append_texts(message.get(), invalidated));
  bus_.send(message);
}

void FakeBluez::emit_added(const std::string& path, const char* interface, const DbusProperties& properties) {
  const auto message = bus_.new_signal("/", kManager, "InterfacesAdded");
  check(sd_bus_message_append(message.get(), "o", path.c_str()));
  append_interface(message.get(), interface, properties);
  bus_.send(message);
}

void FakeBluez::emit_removed(const std::string& path, const char* interface) {
  const auto message = bus_.new_signal("/", kManager, "InterfacesRemoved");
  check(sd_bus_message_append(message.get(), "o", path.c_str()));
  check(append_texts(message.get(), {interface}));
  bus_.send(message);
}

}  // namespace aisle::fakes
