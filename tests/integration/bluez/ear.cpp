#include "tests/integration/bluez/ear.hpp"

#include <fmt/format.h>

#include <thread>

namespace aisle {

bool Ear::offer(SourceItem item) {
  {
    const std::scoped_lock lock(mutex_);
    if (auto* advert = std::get_if<Advert>(&item)) adverts_.push_back(std::move(*advert));
    if (auto* state = std::get_if<ReceiverState>(&item)) {
      states_.push_back(state->up ? "up" : "down: " + state->why);
    }
  }
  changed_.notify_all();
  return true;
}

bool Ear::wait(const std::function<bool()>& done) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, done);
}

bool Ear::wait_up(bool up) {
  return wait([&] { return !states_.empty() && (states_.back() == "up") == up; });
}

bool Ear::wait_adverts(std::size_t count) {
  return wait([&] { return adverts_.size() >= count; });
}

std::vector<Advert> Ear::adverts() const {
  const std::scoped_lock lock(mutex_);
  return adverts_;
}

std::vector<std::string> Ear::states() const {
  const std::scoped_lock lock(mutex_);
  return states_;
}

std::string line(const Advert& advert) {
  const auto& a = advert.address.bytes;
  return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x} {} {}", a[0], a[1], a[2], a[3], a[4], a[5],
                     int{advert.rssi.value}, to_hex(advert.payload.view()));
}

std::vector<std::string> lines(const std::vector<Advert>& adverts) {
  std::vector<std::string> out;
  for (const auto& advert : adverts) out.push_back(line(advert));
  return out;
}

bool eventually(const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

void BluezTest::start_bluez() {
  bluez_.emplace(bus_.address());
  bluez_->add_adapter("hci0");
}

void BluezTest::listen(BluezOptions options) {
  options.bus_address = bus_.address();
  source_.emplace(std::move(options), clock_, log_);
  ASSERT_TRUE(source_->start(ear_));
}

void BluezTest::start_hearing() {
  if (!bluez_) start_bluez();
  listen();
  ASSERT_TRUE(ear_.wait_up(true)) << state() << ": " << source_->status().detail;
}

}  // namespace aisle
