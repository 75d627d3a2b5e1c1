// An sd-bus connection with a thread that serves it; everything done with it is done on that thread.
#pragma once

#include <systemd/sd-bus.h>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace aisle::fakes {

using MessagePtr = std::unique_ptr<sd_bus_message, sd_bus_message* (*)(sd_bus_message*)>;

class BusThread {
 public:
  // Answers every method call that arrives; a negative errno becomes an error reply.
  using MethodHandler = std::function<int(sd_bus_message*, sd_bus_error*)>;

  // Throws std::runtime_error where the bus cannot be reached.
  BusThread(const std::string& address, MethodHandler handler);
  // Closes the connection, which gives up its names.
  ~BusThread();
  BusThread(const BusThread&) = delete;
  BusThread& operator=(const BusThread&) = delete;

  // Runs `task` on the thread and returns when it has; throws std::runtime_error after 10 s.
  void run(std::function<void()> task);
  void own(const char* name);

  // Only on the thread.
  [[nodiscard]] MessagePtr new_signal(const char* path, const char* interface, const char* member);
  void send(const MessagePtr& message);

 private:
  static int on_message(sd_bus_message* message, void* self, sd_bus_error* error);
  void serve();
  bool run_posted();

  MethodHandler handler_;
  sd_bus* bus_ = nullptr;
  int wake_ = -1;
  std::mutex mutex_;
  std::deque<std::function<void()>> posted_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace aisle::fakes
