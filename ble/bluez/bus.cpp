#include "ble/bluez/bus.hpp"

#include <systemd/sd-bus.h>

#include <algorithm>
#include <cstring>
#include <list>
#include <utility>

#include "ble/bluez/bus_decode.hpp"
#include "ble/bluez/monitor_object.hpp"

namespace aisle::bluez {
namespace {

constexpr const char* kDBus = "org.freedesktop.DBus";
constexpr std::uint64_t kNoTimeout = ~std::uint64_t{0};

struct CloseBus {
  void operator()(sd_bus* bus) const { sd_bus_flush_close_unref(bus); }
};
struct UnrefMessage {
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
struct UnrefSlot {
  void operator()(sd_bus_slot* slot) const { sd_bus_slot_unref(slot); }
};
using Connection = std::unique_ptr<sd_bus, CloseBus>;
using Message = std::unique_ptr<sd_bus_message, UnrefMessage>;
using Slot = std::unique_ptr<sd_bus_slot, UnrefSlot>;

// All of these: 0 or more, or a negative errno.
int append(sd_bus_message* m, const std::string& text) {
  return sd_bus_message_append(m, "s", text.c_str());
}
int append(sd_bus_message* m, bool value) {
  return sd_bus_message_append(m, "v", "b", static_cast<int>(value));
}
int append(sd_bus_message* m, const PathArgument& argument) {
  return sd_bus_message_append(m, "o", argument.path.c_str());
}
int append_option(sd_bus_message* m, const char* name, const std::string& value) {
  return sd_bus_message_append(m, "{sv}", name, "s", value.c_str());
}
int append_option(sd_bus_message* m, const char* name, bool value) {
  return sd_bus_message_append(m, "{sv}", name, "b", static_cast<int>(value));
}
int append_option(sd_bus_message* m, const char* name, std::int16_t value) {
  return sd_bus_message_append(m, "{sv}", name, "n", static_cast<int>(value));
}
int append(sd_bus_message* m, const Options& options) {
  if (const int r = sd_bus_message_open_container(m, 'a', "{sv}"); r < 0) return r;
  for (const auto& [name, value] : options) {
    const int r =
        std::visit([m, key = name.c_str()](const auto& typed) { return append_option(m, key, typed); }, value);
    if (r < 0) return r;
  }
  return sd_bus_message_close_container(m);
}

tl::expected<Reply, CallError> read_reply(sd_bus_message* message, ReplyKind kind) {
  if (const auto* error = sd_bus_message_get_error(message); error != nullptr) {
    return tl::unexpected(CallError{error->name, error->message != nullptr ? error->message : ""});
  }
  auto reply = decode_reply(message, kind);
  if (!reply) return tl::unexpected(CallError{"org.freedesktop.DBus.Error.InvalidSignature", "an unexpected reply"});
  return std::move(*reply);
}

class SdBus final : public Bus {
 public:
  SdBus(Connection connection, std::uint64_t deadline_us) : deadline_us_(deadline_us), bus_(std::move(connection)) {}

  Status listen(const std::vector<std::string>& rules, SignalHandler handler) override {
    handler_ = std::move(handler);
    // Not sd_bus_add_match: what the daemon sends us matches, and to try each signal against the rules again costs
    // a tenth more. Without a slot the filter lives as long as the connection.
    int r = sd_bus_add_filter(bus_.get(), nullptr, &SdBus::on_message, this);
    for (const auto& rule : rules) {
      if (r < 0) break;
      r = sd_bus_call_method(bus_.get(), kDBus, "/org/freedesktop/DBus", kDBus, "AddMatch", nullptr, nullptr, "s",
                             rule.c_str());
    }
    if (r < 0) return fail("D-Bus match rules: {}", std::strerror(-r));
    return {};
  }

  void call(const Call& call, ReplyHandler handler) override {
    calls_.push_back({*this, std::move(handler), call.reply, nullptr, {}});
    auto& pending = calls_.back();
    pending.self = std::prev(calls_.end());
    if (const int r = send(call, pending); r < 0) {
      finish(pending, tl::unexpected(CallError{"org.freedesktop.DBus.Error.Failed", std::strerror(-r)}));
    }
  }

  Result<std::unique_ptr<Exported>> export_monitor(const MonitorSpec& spec, MonitorHandler handler) override {
    return export_monitor_objects(bus_.get(), spec, std::move(handler));
  }

  Result<Poll> poll_data() override {
    const int fd = sd_bus_get_fd(bus_.get());
    const int events = sd_bus_get_events(bus_.get());
    std::uint64_t until_us = kNoTimeout;
    const int r = std::min({fd, events, sd_bus_get_timeout(bus_.get(), &until_us)});
    if (r < 0) return fail("D-Bus: {}", std::strerror(-r));
    return Poll{fd, static_cast<short>(events), timeout_of(until_us)};
  }

  Result<bool> process() override {
    const int r = sd_bus_process(bus_.get(), nullptr);
    if (r < 0) return fail("D-Bus: {}", std::strerror(-r));
    return r > 0;
  }

 private:
  struct Pending {
    SdBus& owner;
    ReplyHandler handler;
    ReplyKind kind;
    Slot slot;
    std::list<Pending>::iterator self;
  };

  // Comes before those that look for methods, and after those that wait for replies.
  static int on_message(sd_bus_message* message, void* self, sd_bus_error* /*error*/) {
    if (sd_bus_message_is_signal(message, nullptr, nullptr) <= 0) return 0;
    if (const auto signal = decode_signal(message)) static_cast<SdBus*>(self)->handler_(*signal);
    return 1;  // nobody else looks at it
  }

  static int on_reply(sd_bus_message* message, void* call, sd_bus_error* /*error*/) {
    auto& pending = *static_cast<Pending*>(call);
    pending.owner.finish(pending, read_reply(message, pending.kind));
    return 0;
  }

  void finish(Pending& pending, tl::expected<Reply, CallError> reply) {
    const auto handler = std::move(pending.handler);
    calls_.erase(pending.self);
    handler(std::move(reply));
  }

  int send(const Call& call, Pending& pending) {
    sd_bus_message* raw = nullptr;
    int r = sd_bus_message_new_method_call(bus_.get(), &raw, call.destination.c_str(), call.path.c_str(),
                                           call.interface.c_str(), call.method.c_str());
    const Message message(raw);
    for (const auto& argument : call.arguments) {
      if (r >= 0) r = std::visit([raw](const auto& value) { return append(raw, value); }, argument);
    }
    if (r < 0) return r;
    sd_bus_slot* slot = nullptr;
    r = sd_bus_call_async(bus_.get(), &slot, raw, &SdBus::on_reply, &pending, deadline_us_);
    pending.slot.reset(slot);
    return r;
  }

  // libsystemd gives a time of the monotonic clock.
  static int timeout_of(std::uint64_t until_us) {
    if (until_us == kNoTimeout) return -1;
    if (until_us == 0) return 0;
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    const auto left = std::chrono::microseconds(until_us) - std::chrono::duration_cast<std::chrono::microseconds>(now);
    return static_cast<int>(std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(left).count()));
  }

  const std::uint64_t deadline_us_;
  SignalHandler handler_;
  Connection bus_;
  std::list<Pending> calls_;
};

}  // namespace

Result<std::unique_ptr<Bus>> Bus::connect(const std::string& address, std::chrono::microseconds deadline) {
  const auto deadline_us = static_cast<std::uint64_t>(deadline.count());
  sd_bus* raw = nullptr;
  int r = 0;
  if (address.empty()) {
    r = sd_bus_open_system(&raw);
  } else {
    r = sd_bus_new(&raw);
    if (r >= 0) r = sd_bus_set_address(raw, address.c_str());
    if (r >= 0) r = sd_bus_set_bus_client(raw, 1);
    if (r >= 0) r = sd_bus_start(raw);
  }
  Connection connection(raw);
  if (r >= 0) r = sd_bus_set_method_call_timeout(raw, deadline_us);
  // The greeting, and what it answers.
  if (r >= 0) r = sd_bus_flush(raw);
  if (r < 0) return fail("D-Bus: {}: {}", address.empty() ? "the system bus" : address, std::strerror(-r));
  return std::make_unique<SdBus>(std::move(connection), deadline_us);
}

}  // namespace aisle::bluez
