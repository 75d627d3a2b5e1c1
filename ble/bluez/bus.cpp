#include "ble/bluez/bus.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <list>
#include <utility>

#include "ble/bluez/bus_decode.hpp"
#include "ble/bluez/monitor_object.hpp"

namespace aisle::bluez {
namespace {

// All return a negative errno on failure, as sd-bus does.

int append(sd_bus_message* message, const std::string& text) {
  return sd_bus_message_append_basic(message, 's', text.c_str());
}
int append(sd_bus_message* message, bool value) {
  return sd_bus_message_append(message, "v", "b", int{value});
}
int append(sd_bus_message* message, const PathArgument& argument) {
  return sd_bus_message_append_basic(message, 'o', argument.path.c_str());
}

int append_option(sd_bus_message* message, const char* name, bool value) {
  return sd_bus_message_append(message, "{sv}", name, "b", int{value});
}
int append_option(sd_bus_message* message, const char* name, const std::string& value) {
  return sd_bus_message_append(message, "{sv}", name, "s", value.c_str());
}
int append_option(sd_bus_message* message, const char* name, std::int16_t value) {
  return sd_bus_message_append(message, "{sv}", name, "n", int{value});
}
int append(sd_bus_message* message, const Options& options) {
  int r = sd_bus_message_open_container(message, 'a', "{sv}");
  for (const auto& [name, option] : options) {
    if (r < 0) return r;
    const char* key = name.c_str();
    r = std::visit([&](const auto& value) { return append_option(message, key, value); }, option);
  }
  return r < 0 ? r : sd_bus_message_close_container(message);
}

CallError call_error(int negative_errno) {
  sd_bus_error error{};
  sd_bus_error_set_errno(&error, negative_errno);
  CallError out{error.name != nullptr ? error.name : "", error.message != nullptr ? error.message : ""};
  sd_bus_error_free(&error);
  return out;
}

tl::expected<Reply, CallError> take_reply(sd_bus_message* message, ReplyKind kind) {
  if (const auto* error = sd_bus_message_get_error(message); error != nullptr) {
    return tl::unexpected(CallError{error->name, error->message != nullptr ? error->message : ""});
  }
  auto reply = decode_reply(message, kind);
  if (!reply) return tl::unexpected(call_error(-EBADMSG));
  return std::move(*reply);
}

using MessagePtr = std::unique_ptr<sd_bus_message, sd_bus_message* (*)(sd_bus_message*)>;
using BusPtr = std::unique_ptr<sd_bus, sd_bus* (*)(sd_bus*)>;

class SdBus final : public Bus {
 public:
  explicit SdBus(BusPtr bus) : bus_(std::move(bus)) {}

  Status add_match(const std::string& rule, SignalHandler handler) override {
    const auto& kept = handlers_.emplace_back(std::make_unique<SignalHandler>(std::move(handler)));
    const int r = sd_bus_add_match(bus_.get(), nullptr, rule.c_str(), &SdBus::on_signal, kept.get());
    if (r < 0) return fail("D-Bus match rule: {}", std::strerror(-r));
    return {};
  }

  void call(const Call& call, ReplyHandler handler) override {
    const auto pending = pending_.insert(pending_.end(), Pending{this, {}, std::move(handler), call.reply});
    pending->self = pending;
    if (const int r = send(call, *pending); r < 0) finish(*pending, tl::unexpected(call_error(r)));
  }

  Result<std::unique_ptr<Exported>> export_monitor(const MonitorSpec& spec, MonitorHandler handler) override {
    return export_monitor_objects(bus_.get(), spec, std::move(handler));
  }

  Result<Poll> poll_data() override {
    const int fd = sd_bus_get_fd(bus_.get());
    const int events = sd_bus_get_events(bus_.get());
    std::uint64_t until = 0;
    const int timed = sd_bus_get_timeout(bus_.get(), &until);
    for (const int r : {fd, events, timed}) {
      if (r < 0) return fail("D-Bus: {}", std::strerror(-r));
    }
    return Poll{fd, static_cast<short>(events), until == UINT64_MAX ? -1 : milliseconds_until(until)};
  }

  Result<bool> process() override {
    const int r = sd_bus_process(bus_.get(), nullptr);
    if (r < 0) return fail("D-Bus: {}", std::strerror(-r));
    return r > 0;
  }

 private:
  // A call whose answer is awaited.
  struct Pending {
    SdBus* bus;
    std::list<Pending>::iterator self;
    ReplyHandler handler;
    ReplyKind kind;
  };

  int send(const Call& call, Pending& pending) {
    sd_bus_message* raw = nullptr;
    int r = sd_bus_message_new_method_call(bus_.get(), &raw, call.destination.c_str(), call.path.c_str(),
                                           call.interface.c_str(), call.method.c_str());
    const MessagePtr message(raw, &sd_bus_message_unref);
    for (const auto& argument : call.arguments) {
      if (r < 0) return r;
      r = std::visit([&](const auto& value) { return append(message.get(), value); }, argument);
    }
    // No slot: it ends with its answer, or with the bus. Zero: the deadline of the bus.
    return r < 0 ? r : sd_bus_call_async(bus_.get(), nullptr, message.get(), &SdBus::on_reply, &pending, 0);
  }

  void finish(Pending& pending, tl::expected<Reply, CallError>&& reply) {
    const ReplyHandler handler = std::move(pending.handler);
    pending_.erase(pending.self);
    handler(std::move(reply));
  }

  static int on_signal(sd_bus_message* message, void* handler, sd_bus_error* /*error*/) {
    if (auto signal = decode_signal(message)) (*static_cast<SignalHandler*>(handler))(std::move(*signal));
    return 0;
  }
  static int on_reply(sd_bus_message* message, void* data, sd_bus_error* /*error*/) {
    auto& pending = *static_cast<Pending*>(data);
    pending.bus->finish(pending, take_reply(message, pending.kind));
    return 0;
  }

  // `until`: CLOCK_MONOTONIC, microseconds.
  static int milliseconds_until(std::uint64_t until) {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    const auto now_us = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
    if (until <= now_us) return 0;
    return static_cast<int>(std::min<std::uint64_t>((until - now_us + 999) / 1000, INT_MAX));
  }

  std::vector<std::unique_ptr<SignalHandler>> handlers_;  // of the match rules, which live as long as the bus
  std::list<Pending> pending_;
  BusPtr bus_;  // first to go: the others are what its callbacks point to
};

int open_address(const std::string& address, sd_bus** out) {
  int r = sd_bus_new(out);
  if (r >= 0) r = sd_bus_set_address(*out, address.c_str());
  if (r >= 0) r = sd_bus_set_bus_client(*out, 1);
  return r < 0 ? r : sd_bus_start(*out);
}

}  // namespace

Result<std::unique_ptr<Bus>> Bus::connect(const std::string& address, std::chrono::microseconds deadline) {
  sd_bus* raw = nullptr;
  int r = address.empty() ? sd_bus_open_system(&raw) : open_address(address, &raw);
  BusPtr bus(raw, &sd_bus_flush_close_unref);
  if (r >= 0) r = sd_bus_set_method_call_timeout(bus.get(), static_cast<std::uint64_t>(deadline.count()));
  // Until the D-Bus daemon has said hello.
  if (r >= 0) r = sd_bus_flush(bus.get());
  if (r < 0) return fail("D-Bus: {}: {}", address.empty() ? "system bus" : address, std::strerror(-r));
  return std::make_unique<SdBus>(std::move(bus));
}

}  // namespace aisle::bluez
