#include "ble/bluez/bus.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <string_view>
#include <utility>

#include "ble/bluez/bus_decode.hpp"
#include "ble/bluez/monitor_object.hpp"

namespace aisle::bluez {
namespace {

#ifdef AISLE_SDBUS_2
using sdbus::InterfaceName;
using sdbus::MethodName;
using sdbus::ObjectPath;
using sdbus::ServiceName;
#else
using InterfaceName = std::string;
using MethodName = std::string;
using ObjectPath = std::string;
using ServiceName = std::string;
#endif

constexpr const char* kDBus = "org.freedesktop.DBus";

void append(sdbus::Message& message, const std::string& text) {
  message << text;
}
void append(sdbus::Message& message, bool value) {
  message << sdbus::Variant(value);
}
void append(sdbus::Message& message, const PathArgument& argument) {
  message << sdbus::ObjectPath(argument.path);
}
void append(sdbus::Message& message, const Options& options) {
  std::map<std::string, sdbus::Variant> dictionary;
  for (const auto& entry : options) {
    dictionary.emplace(entry.first, std::visit([](const auto& value) { return sdbus::Variant(value); }, entry.second));
  }
  message << dictionary;
}

// Both versions' reply callbacks: `message` is a MethodReply& or MethodReply, `error` a pointer or an optional.
template <class Message, class Failure>
tl::expected<Reply, CallError> take_reply(Message& message, const Failure& error, ReplyKind kind) {
  if (error) return tl::unexpected(CallError{error->getName(), error->getMessage()});
  auto reply = decode_reply(message, kind);
  if (!reply) return tl::unexpected(CallError{"org.freedesktop.DBus.Error.InvalidSignature", "an unexpected reply"});
  return std::move(*reply);
}

// Whether somebody listens at a plain "unix:path=..." address; other forms are let through. sdbus-c++ leaks the
// connection that an explicit address refuses, and a gateway may try for days.
Status probe(std::string_view address) {
  constexpr std::string_view kUnix = "unix:path=";
  sockaddr_un peer{};
  if (!address.starts_with(kUnix) || address.find_first_of("%,;") != std::string_view::npos) return {};
  address.remove_prefix(kUnix.size());
  if (address.size() >= sizeof peer.sun_path) return fail("D-Bus: socket path too long: {}", address);
  peer.sun_family = AF_UNIX;
  std::copy(address.begin(), address.end(), std::begin(peer.sun_path));
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return fail("D-Bus: socket: {}", std::strerror(errno));
  // The one cast that the socket API asks for.
  const int result = ::connect(fd, static_cast<const sockaddr*>(static_cast<const void*>(&peer)), sizeof peer);
  const int error = errno;
  ::close(fd);
  if (result != 0) return fail("D-Bus: {}: {}", address, std::strerror(error));
  return {};
}

class SdBus final : public Bus {
 public:
  explicit SdBus(std::unique_ptr<sdbus::IConnection> connection, std::chrono::microseconds deadline)
      : connection_(std::move(connection)), deadline_us_(static_cast<std::uint64_t>(deadline.count())) {
    connection_->setMethodCallTimeout(deadline_us_);
  }

  Status listen(const std::vector<std::string>& rules, SenderTest heeds, SignalHandler handler) override {
    heeds_ = std::move(heeds);
    handler_ = std::move(handler);
    try {
      // Before sdbus-c++ looks for the rules that a signal matches, which what the daemon sends us does: to try each
      // against them again costs a tenth more. Without a slot the filter lives as long as the connection.
      if (const int r = sd_bus_add_filter(raw(), nullptr, &SdBus::on_message, this); r < 0) {
        return fail("D-Bus filter: {}", std::strerror(-r));
      }
      for (const auto& rule : rules) add_match(rule);
    } catch (const sdbus::Error& error) {
      return fail("D-Bus match rules: {}", error.what());
    }
    return {};
  }

  void call(const Call& call, ReplyHandler handler) override {
    try {
      send(call, handler);
    } catch (const sdbus::Error& error) {
      handler(tl::unexpected(CallError{error.getName(), error.getMessage()}));
    }
  }

  Result<std::unique_ptr<Exported>> export_monitor(const MonitorSpec& spec, MonitorHandler handler) override {
    try {
      return export_monitor_objects(*connection_, spec, std::move(handler));
    } catch (const sdbus::Error& error) {
      return fail("D-Bus objects: {}", error.what());
    }
  }

  Result<Poll> poll_data() override {
    try {
      const auto data = connection_->getEventLoopPollData();
      return Poll{data.fd, data.events, data.getPollTimeout()};
    } catch (const sdbus::Error& error) {
      return fail("D-Bus: {}", error.what());
    }
  }

  Result<bool> process() override {
    try {
#ifdef AISLE_SDBUS_2
      const bool more = connection_->processPendingEvent();
#else
      const bool more = connection_->processPendingRequest();
#endif
      if (!thrown_.empty()) return fail("D-Bus: {}", thrown_);
      return more;
    } catch (const sdbus::Error& error) {
      return fail("D-Bus: {}", error.what());
    }
  }

 private:
  // The connection itself, which sdbus-c++ names in its messages alone.
  sd_bus* raw() {
    const auto proxy = sdbus::createProxy(*connection_, ServiceName(kDBus), ObjectPath("/"));
    return sd_bus_message_get_bus(raw_of(proxy->createMethodCall(InterfaceName(kDBus), MethodName("GetId"))));
  }

  void add_match(const std::string& rule) {
    const auto nothing_left = [](auto&&) {};
#ifdef AISLE_SDBUS_2
    connection_->addMatch(rule, nothing_left);
#else
    connection_->addMatch(rule, nothing_left, sdbus::floating_slot);
#endif
  }

  static int on_message(sd_bus_message* message, void* object, sd_bus_error* /*error*/) {
    if (sd_bus_message_is_signal(message, nullptr, nullptr) <= 0) return 0;
    auto& self = *static_cast<SdBus*>(object);
    // What calls us is C. `process` says it.
    try {
      self.take(message);
    } catch (const std::exception& error) {
      self.thrown_ = error.what();
    }
    return 1;  // nobody else looks at it
  }

  void take(sd_bus_message* message) {
    const char* sender = sd_bus_message_get_sender(message);
    if (sender == nullptr || !heeds_(sender)) return;
    if (const auto signal = decode_signal(message)) handler_(*signal);
  }

  void send(const Call& call, const ReplyHandler& handler) {
    auto& proxy = proxies_[{call.destination, call.path}];
    if (!proxy) proxy = sdbus::createProxy(*connection_, ServiceName(call.destination), ObjectPath(call.path));
    auto message = proxy->createMethodCall(InterfaceName(call.interface), MethodName(call.method));
    for (const auto& argument : call.arguments) {
      std::visit([&](const auto& value) { append(message, value); }, argument);
    }
    auto callback = [handler, kind = call.reply](auto&& reply, auto&& error) {
      handler(take_reply(reply, error, kind));
    };
#ifdef AISLE_SDBUS_2
    proxy->callMethodAsync(message, std::move(callback), deadline_us_);
#else
    proxy->callMethod(message, std::move(callback), deadline_us_);
#endif
  }

  SenderTest heeds_;
  SignalHandler handler_;
  std::string thrown_;  // by the handler of a signal
  std::unique_ptr<sdbus::IConnection> connection_;
  std::uint64_t deadline_us_;
  // By destination and path; they carry the pending calls, so they live as long as the connection.
  std::map<std::pair<std::string, std::string>, std::unique_ptr<sdbus::IProxy>> proxies_;
};

}  // namespace

Result<std::unique_ptr<Bus>> Bus::connect(const std::string& address, std::chrono::microseconds deadline) {
  if (auto reachable = probe(address); !reachable) return tl::unexpected(reachable.error());
  try {
    auto connection =
        address.empty() ? sdbus::createSystemBusConnection() : sdbus::createSessionBusConnectionWithAddress(address);
    return std::make_unique<SdBus>(std::move(connection), deadline);
  } catch (const sdbus::Error& error) {
    return fail("D-Bus: {}", error.what());
  }
}

}  // namespace aisle::bluez
