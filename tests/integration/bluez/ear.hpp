// What the tests of the BlueZ source share: a sink that can be waited on, and the source on a private bus.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/hex.hpp"
#include "ble/bluez/bluez_source.hpp"
#include "tests/fakes/bluez/fake_bluez.hpp"
#include "tests/fakes/bluez/private_bus.hpp"

namespace aisle {

inline constexpr const char* kPhone = "4A:00:00:00:00:01";

inline constexpr seconds kPatience{10};

// Keeps everything it is offered. Thread-safe.
class Ear final : public SourceSink {
 public:
  bool offer(SourceItem item) override;
  bool wait_and_put(SourceItem item) override { return offer(std::move(item)); }

  // Waits until the last told receiver state is this one.
  bool wait_up(bool up);
  // Waits until this many adverts came in.
  bool wait_adverts(std::size_t count);

  [[nodiscard]] std::vector<Advert> adverts() const;
  // "up" and "down: why", in the order told.
  [[nodiscard]] std::vector<std::string> states() const;

 private:
  bool wait(const std::function<bool()>& done);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Advert> adverts_;
  std::vector<std::string> states_;
};

// One advert as a line: "aa:bb:cc:dd:ee:ff -61 02011a".
std::string line(const Advert& advert);
std::vector<std::string> lines(const std::vector<Advert>& adverts);

// Until `done` or out of patience; for what nobody announces.
bool eventually(const std::function<bool()>& done);

class BluezTest : public ::testing::Test {
 protected:
  // bluetoothd with hci0, powered.
  void start_bluez();
  void listen(BluezOptions options = {});
  // A source that hears on hci0.
  void start_hearing();
  [[nodiscard]] std::string state() const { return source_->status().state; }

  fakes::PrivateBus bus_;
  std::optional<fakes::FakeBluez> bluez_;
  Ear ear_;
  SystemClock clock_;
  Log log_{LogLevel::error};
  std::optional<BluezSource> source_;
};

}  // namespace aisle
