// The only place that knows sdbus-c++ (1.2 and 2.x): one connection, driven by its owner's poll loop. Not thread-safe;
// everything, callbacks included, happens on the thread that calls `process`.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "agent/base/result.hpp"
#include "ble/bluez/monitor.hpp"
#include "ble/bluez/value.hpp"

namespace aisle::bluez {

enum class ReplyKind { nothing, text, objects };  // (), (s), (a{oa{sa{sv}}})

// The a{sv} of a call.
using Options = std::map<std::string, std::variant<bool, std::string, std::int16_t>>;

// An argument that is the path of an object.
struct PathArgument {
  std::string path;
};

struct Call {
  std::string destination;
  std::string path;
  std::string interface;
  std::string method;
  std::vector<std::variant<std::string, Options, bool, PathArgument>> arguments;  // s, a{sv}, v of b, o
  ReplyKind reply = ReplyKind::nothing;
};

class Bus {
 public:
  using SenderTest = std::function<bool(std::string_view sender)>;
  using SignalHandler = std::function<void(const Signal&)>;
  using ReplyHandler = std::function<void(tl::expected<Reply, CallError>&&)>;

  // An empty address: the system bus. `deadline` bounds every call, those made while connecting included. Blocks up to
  // the deadline.
  static Result<std::unique_ptr<Bus>> connect(const std::string& address, std::chrono::microseconds deadline);
  virtual ~Bus() = default;

  // Installs the match rules before it returns (blocks for a round trip each). `handler` gets each signal that comes,
  // once, also those that were sent to us without a rule; those that cannot be decoded are left out. Anyone on the bus
  // may send us some: nothing of a message is read unless `heeds` says yes to its sender, the unique bus name or
  // "org.freedesktop.DBus". Once.
  virtual Status listen(const std::vector<std::string>& rules, SenderTest heeds, SignalHandler handler) = 0;
  // `handler` runs later from `process`, exactly once unless the bus is destroyed first; a missed deadline is an error.
  // What it is given lasts no longer than it runs.
  virtual void call(const Call& call, ReplyHandler handler) = 0;

  // Puts our advertisement monitor on the bus until the result ends, which is before the bus does. bluetoothd reads it
  // when RegisterMonitor is called, before it answers that call. `handler` runs from `process`.
  virtual Result<std::unique_ptr<Exported>> export_monitor(const MonitorSpec& spec, MonitorHandler handler) = 0;

  struct Poll {
    int fd = -1;
    short events = 0;
    int timeout_ms = -1;  // -1: none
  };
  virtual Result<Poll> poll_data() = 0;
  // Handles at most one message. True: call again before polling. Error: the connection is gone for good.
  virtual Result<bool> process() = 0;
};

}  // namespace aisle::bluez
