#include "tests/fakes/bluez/bus_thread.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <future>
#include <stdexcept>

namespace aisle::fakes {
namespace {

void check(int result, const char* what) {
  if (result < 0) throw std::runtime_error(std::string(what) + ": " + std::strerror(-result));
}

sd_bus* open_bus(const std::string& address) {
  sd_bus* bus = nullptr;
  check(sd_bus_new(&bus), "sd_bus_new");
  check(sd_bus_set_address(bus, address.c_str()), "sd_bus_set_address");
  check(sd_bus_set_bus_client(bus, 1), "sd_bus_set_bus_client");
  check(sd_bus_start(bus), "sd_bus_start");
  return bus;
}

}  // namespace

BusThread::BusThread(const std::string& address, MethodHandler handler)
    : handler_(std::move(handler)), bus_(open_bus(address)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  check(sd_bus_add_fallback(bus_, nullptr, "/", &BusThread::on_message, this), "sd_bus_add_fallback");
  thread_ = std::thread([this] { serve(); });
}

BusThread::~BusThread() {
  stopping_ = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
  thread_.join();
  sd_bus_flush_close_unref(bus_);
  ::close(wake_);
}

void BusThread::run(std::function<void()> task) {
  auto done = std::make_shared<std::promise<void>>();
  auto finished = done->get_future();
  {
    const std::scoped_lock lock(mutex_);
    posted_.emplace_back([task = std::move(task), done] {
      task();
      done->set_value();
    });
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
  if (finished.wait_for(std::chrono::seconds(10)) != std::future_status::ready) {
    throw std::runtime_error("the fake's thread does not answer");
  }
}

void BusThread::own(const char* name) {
  run([&] { check(sd_bus_request_name(bus_, name, 0), "sd_bus_request_name"); });
}

MessagePtr BusThread::new_signal(const char* path, const char* interface, const char* member) {
  sd_bus_message* message = nullptr;
  check(sd_bus_message_new_signal(bus_, &message, path, interface, member), "sd_bus_message_new_signal");
  return {message, &sd_bus_message_unref};
}

void BusThread::send(const MessagePtr& message) {
  const int sent = sd_bus_send(bus_, message.get(), nullptr);
  // What is written to a bus that was just killed goes nowhere, as with the real bluetoothd.
  if (sent == -ECONNRESET || sent == -ENOTCONN || sent == -EPIPE) return;
  check(sent, "sd_bus_send");
}

int BusThread::on_message(sd_bus_message* message, void* self, sd_bus_error* error) {
  return static_cast<BusThread*>(self)->handler_(message, error);
}

bool BusThread::run_posted() {
  std::function<void()> task;
  {
    const std::scoped_lock lock(mutex_);
    if (posted_.empty()) return false;
    task = std::move(posted_.front());
    posted_.pop_front();
  }
  task();
  return true;
}

void BusThread::serve() {
  while (!stopping_) {
    while (run_posted()) continue;
    const int processed = sd_bus_process(bus_, nullptr);
    if (processed > 0) continue;
    // With its bus gone it only waits for its end.
    const bool alive = processed == 0;
    std::array<pollfd, 2> fds = {pollfd{wake_, POLLIN, 0}, pollfd{-1, 0, 0}};
    if (alive) fds[1] = pollfd{sd_bus_get_fd(bus_), static_cast<short>(sd_bus_get_events(bus_)), 0};
    ::poll(fds.data(), fds.size(), -1);
    std::uint64_t count = 0;
    [[maybe_unused]] const auto drained = ::read(wake_, &count, sizeof count);
  }
}

}  // namespace aisle::fakes
