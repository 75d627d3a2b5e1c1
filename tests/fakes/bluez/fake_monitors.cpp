#include "tests/fakes/bluez/fake_monitors.hpp"

#include <algorithm>

namespace aisle::fakes {
namespace {

constexpr const char* kMonitor = "org.bluez.AdvertisementMonitor1";
constexpr const char* kManager = "org.freedesktop.DBus.ObjectManager";

// a(yyay) as " 0/7/4f324f10".
std::string read_patterns(sd_bus_message* m) {
  std::string out;
  constexpr const char* kDigits = "0123456789abcdef";
  sd_bus_message_enter_container(m, 'v', "a(yyay)");
  sd_bus_message_enter_container(m, 'a', "(yyay)");
  while (sd_bus_message_enter_container(m, 'r', "yyay") > 0) {
    std::uint8_t start = 0;
    std::uint8_t type = 0;
    sd_bus_message_read(m, "yy", &start, &type);
    out += " " + std::to_string(start) + "/" + std::to_string(type) + "/";
    sd_bus_message_enter_container(m, 'a', "y");
    std::uint8_t octet = 0;
    while (sd_bus_message_read(m, "y", &octet) > 0) {
      out += kDigits[octet >> 4U];
      out += kDigits[octet & 15U];
    }
    sd_bus_message_exit_container(m);
    sd_bus_message_exit_container(m);
  }
  sd_bus_message_exit_container(m);
  sd_bus_message_exit_container(m);
  return out;
}

std::string read_property(sd_bus_message* m) {
  const char* key = nullptr;
  const char* type = nullptr;
  sd_bus_message_read(m, "s", &key);
  const std::string name = key;
  sd_bus_message_peek_type(m, nullptr, &type);
  const std::string kind = type;
  if (kind == "a(yyay)") return name + "=" + read_patterns(m);
  const char* text = "";
  std::int16_t number = 0;
  std::uint16_t natural = 0;
  if (kind == "s") {
    sd_bus_message_read(m, "v", "s", &text);
    return name + "=" + text;
  }
  if (kind == "n") {
    sd_bus_message_read(m, "v", "n", &number);
    return name + "=" + std::to_string(number);
  }
  if (kind == "q") {
    sd_bus_message_read(m, "v", "q", &natural);
    return name + "=" + std::to_string(natural);
  }
  sd_bus_message_skip(m, "v");
  return name + ":" + kind;
}

}  // namespace

int FakeMonitors::on_call(const std::string& adapter, sd_bus_message* message, sd_bus_error* error) {
  const std::string member = sd_bus_message_get_member(message);
  calls_.push_back(adapter + " " + member);
  if (!allowed_) {
    return sd_bus_error_set(error, "org.freedesktop.DBus.Error.UnknownMethod", "no such method on that interface");
  }
  if (member == "RegisterMonitor") return register_monitor(adapter, message, error);
  if (registered_.erase(adapter) == 0) return sd_bus_error_set(error, "org.bluez.Error.DoesNotExist", "Does Not Exist");
  return sd_bus_reply_method_return(message, "");
}

int FakeMonitors::register_monitor(const std::string& adapter, sd_bus_message* message, sd_bus_error* error) {
  if (!refusals_.empty()) {
    const std::string refusal = refusals_.front();
    refusals_.pop_front();
    return refusal.empty() ? 1 : sd_bus_error_set(error, refusal.c_str(), "as scripted");
  }
  if (registered_.contains(adapter)) return sd_bus_error_set(error, "org.bluez.Error.AlreadyExists", "Already Exists");
  const char* path = nullptr;
  if (sd_bus_message_read(message, "o", &path) < 0) return -EINVAL;
  const char* owner = sd_bus_message_get_sender(message);
  registered_[adapter] = {owner, path, "", "", sd_bus_message_get_bus(message)};
  auto pending =
      std::make_unique<Pending>(Pending{this, adapter, MessagePtr(sd_bus_message_ref(message), &sd_bus_message_unref)});
  const int sent = sd_bus_call_method_async(sd_bus_message_get_bus(message), nullptr, owner, path, kManager,
                                            "GetManagedObjects", &FakeMonitors::on_objects, pending.get(), "");
  if (sent < 0) return sent;
  (void)pending.release();  // on_objects takes it back
  return 1;
}

int FakeMonitors::on_objects(sd_bus_message* reply, void* pending, sd_bus_error* /*error*/) {
  const std::unique_ptr<Pending> mine(static_cast<Pending*>(pending));
  FakeMonitors& self = *mine->self;
  const auto found = self.registered_.find(mine->adapter);
  if (found == self.registered_.end()) return 0;
  if (sd_bus_message_is_method_error(reply, nullptr) == 0) self.read_objects(found->second, reply);
  sd_bus_reply_method_return(mine->request.get(), "");
  if (self.activates_ && !found->second.monitor.empty()) self.call(mine->adapter, "Activate");
  return 0;
}

void FakeMonitors::read_objects(Registration& registration, sd_bus_message* m) const {
  sd_bus_message_enter_container(m, 'a', "{oa{sa{sv}}}");
  while (sd_bus_message_enter_container(m, 'e', "oa{sa{sv}}") > 0) {
    const char* path = nullptr;
    sd_bus_message_read(m, "o", &path);
    sd_bus_message_enter_container(m, 'a', "{sa{sv}}");
    while (sd_bus_message_enter_container(m, 'e', "sa{sv}") > 0) {
      const char* interface = nullptr;
      sd_bus_message_read(m, "s", &interface);
      const bool ours = std::string(interface) == kMonitor;
      if (ours) registration.monitor = path;
      std::vector<std::string> words;
      sd_bus_message_enter_container(m, 'a', "{sv}");
      while (sd_bus_message_enter_container(m, 'e', "sv") > 0) {
        words.push_back(read_property(m));
        sd_bus_message_exit_container(m);
      }
      sd_bus_message_exit_container(m);
      sd_bus_message_exit_container(m);
      std::sort(words.begin(), words.end());
      for (const auto& word : words) {
        if (ours) registration.description += (registration.description.empty() ? "" : "; ") + word;
      }
    }
    sd_bus_message_exit_container(m);
    sd_bus_message_exit_container(m);
  }
  sd_bus_message_exit_container(m);
}

void FakeMonitors::call(const std::string& adapter, const char* method, const std::string& device) {
  const auto found = registered_.find(adapter);
  if (found == registered_.end()) return;
  const Registration& to = found->second;
  sd_bus_message* raw = nullptr;
  if (sd_bus_message_new_method_call(to.bus, &raw, to.owner.c_str(), to.monitor.c_str(), kMonitor, method) < 0) return;
  const MessagePtr message(raw, &sd_bus_message_unref);
  if (!device.empty()) sd_bus_message_append(raw, "o", device.c_str());
  sd_bus_send(to.bus, raw, nullptr);
}

std::string FakeMonitors::description(const std::string& adapter) const {
  const auto found = registered_.find(adapter);
  return found == registered_.end() ? "" : found->second.description;
}

}  // namespace aisle::fakes
