#include "tests/bench/radio/stand_in.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>

#include "tests/bench/radio/cpu.hpp"

namespace aisle::radio {
namespace {

constexpr const char* kAdapter = "org.bluez.Adapter1";
constexpr const char* kDevice = "org.bluez.Device1";
constexpr std::size_t kDataAt = 7;  // of the numbered payload: flags, then length, type and company id
constexpr std::uint16_t kCompany = 0xFFFF;
constexpr int kBurst = 64;  // adverts between two looks at the bus

void check(int result, const char* what) {
  if (result < 0) throw std::runtime_error(std::string("stand-in: ") + what + ": " + std::strerror(-result));
}

std::string address_text(const Address& address, char separator) {
  const auto& a = address.bytes;
  return fmt::format("{1:02X}{0}{2:02X}{0}{3:02X}{0}{4:02X}{0}{5:02X}{0}{6:02X}", separator, a[0], a[1], a[2], a[3],
                     a[4], a[5]);
}

std::string device_path(const Address& address) {
  return "/org/bluez/hci0/dev_" + address_text(address, '_');
}

// {oa{sa{sv}}} of one interface with these properties, as sd_bus_message_append has them.
template <class... Properties>
void append_object(sd_bus_message* m, const std::string& path, const char* interface, unsigned count,
                   Properties... properties) {
  check(sd_bus_message_open_container(m, 'e', "oa{sa{sv}}"), "object");
  check(sd_bus_message_append(m, "o", path.c_str()), "path");
  check(sd_bus_message_append(m, "a{sa{sv}}", 1, interface, count, properties...), "properties");
  check(sd_bus_message_close_container(m), "object");
}

}  // namespace

StandIn::StandIn(const std::string& bus_address, const rig::LoadSpec& load)
    : load_(load), program_(rig::make_load(load, clock_)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  check(sd_bus_new(&bus_), "bus");
  check(sd_bus_set_address(bus_, bus_address.c_str()), "address");
  check(sd_bus_set_bus_client(bus_, 1), "client");
  check(sd_bus_start(bus_), "start");
  check(sd_bus_add_fallback(bus_, nullptr, "/", &StandIn::on_call, this), "calls");
  check(sd_bus_request_name(bus_, "org.bluez", 0), "name");
  thread_ = std::thread([this] { run(); });
}

StandIn::~StandIn() {
  stopping_ = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
  thread_.join();
  sd_bus_flush_close_unref(bus_);
  ::close(wake_);
}

StandIn::Sent StandIn::send() {
  auto done = done_.get_future();
  begin_ = clock_.steady();
  sending_ = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
  return done.get();
}

int StandIn::on_call(sd_bus_message* message, void* self, sd_bus_error* error) {
  const std::string member = sd_bus_message_get_member(message);
  if (member == "GetManagedObjects") return static_cast<StandIn*>(self)->reply_objects(message);
  if (member == "RegisterMonitor") return sd_bus_error_set(error, "org.freedesktop.DBus.Error.UnknownMethod", "none");
  return sd_bus_reply_method_return(message, "");
}

int StandIn::reply_objects(sd_bus_message* message) const {
  sd_bus_message* reply = nullptr;
  check(sd_bus_message_new_method_return(message, &reply), "reply");
  check(sd_bus_message_open_container(reply, 'a', "{oa{sa{sv}}}"), "objects");
  append_object(reply, "/org/bluez/hci0", kAdapter, 2, "Powered", "b", 1, "Discovering", "b", 0);
  for (std::uint32_t device = 0; device < load_.devices; ++device) {
    const auto address = rig::load_address(load_.group, device);
    const auto text = address_text(address, ':');
    append_object(reply, device_path(address), kDevice, 4, "Adapter", "o", "/org/bluez/hci0", "Address", "s",
                  text.c_str(), "Alias", "s", text.c_str(), "AddressType", "s", "random");
  }
  check(sd_bus_message_close_container(reply), "objects");
  const int result = sd_bus_send(nullptr, reply, nullptr);
  sd_bus_message_unref(reply);
  return result;
}

void StandIn::run() {
  const auto before = cpu_of_this_thread();
  auto at_begin = before;
  bool began = false;
  while (!stopping_) {
    const bool sending = sending_;
    if (sending && !began) at_begin = cpu_of_this_thread();
    began = began || sending;
    Duration next = sending ? send_due() : Duration::max();
    while (sd_bus_process(bus_, nullptr) > 0) continue;
    const int events = sd_bus_get_events(bus_);
    if (sending && next == Duration::max() && (events & POLLOUT) == 0) {
      sending_ = false;
      sent_.cpu = cpu_of_this_thread() - at_begin;
      done_.set_value(sent_);
      program_.reset();
    }
    std::array<pollfd, 2> fds = {pollfd{wake_, POLLIN, 0}, pollfd{sd_bus_get_fd(bus_), static_cast<short>(events), 0}};
    if (next <= Duration{0}) continue;
    const timespec longest{0, std::chrono::nanoseconds(std::min<Duration>(next, milliseconds(900))).count()};
    if (::ppoll(fds.data(), fds.size(), &longest, nullptr) > 0 && fds[0].revents != 0) {
      std::uint64_t count = 0;
      [[maybe_unused]] const auto drained = ::read(wake_, &count, sizeof count);
    }
  }
}

Duration StandIn::send_due() {
  for (int i = 0; i < kBurst; ++i) {
    const auto due = program_->due();
    if (!due) return Duration::max();
    const Duration wait = begin_ + *due - clock_.steady();
    if (wait > Duration{0}) return wait;
    emit(program_->take());
  }
  return Duration{0};
}

void StandIn::emit(const rig::Advertisement& advert) {
  sd_bus_message* m = nullptr;
  check(sd_bus_message_new_signal(bus_, &m, device_path(advert.address).c_str(), "org.freedesktop.DBus.Properties",
                                  "PropertiesChanged"),
        "signal");
  const auto data = ByteSpan(advert.payload).subspan(kDataAt);
  check(sd_bus_message_append(m, "s", kDevice), "interface");
  check(sd_bus_message_open_container(m, 'a', "{sv}"), "properties");
  check(sd_bus_message_append(m, "{sv}", "RSSI", "n", int{advert.rssi.value}), "RSSI");
  check(sd_bus_message_open_container(m, 'e', "sv"), "property");
  check(sd_bus_message_append(m, "s", "ManufacturerData"), "name");
  check(sd_bus_message_open_container(m, 'v', "a{qv}"), "companies");
  check(sd_bus_message_open_container(m, 'a', "{qv}"), "companies");
  check(sd_bus_message_open_container(m, 'e', "qv"), "company");
  check(sd_bus_message_append(m, "q", kCompany), "company");
  check(sd_bus_message_open_container(m, 'v', "ay"), "data");
  check(sd_bus_message_append_array(m, 'y', data.data(), data.size()), "data");
  for (int i = 0; i < 6; ++i) check(sd_bus_message_close_container(m), "end");
  check(sd_bus_message_append(m, "as", 0), "invalidated");
  check(sd_bus_send(bus_, m, nullptr), "send");
  sd_bus_message_unref(m);
  ++sent_.adverts;
}

}  // namespace aisle::radio
