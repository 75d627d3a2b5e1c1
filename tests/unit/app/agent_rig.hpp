// A whole agent on a virtual loop: the store is real, the radio, the broker and the clocks are the test's.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/app/agent.hpp"
#include "tests/fakes/fake_transport.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace aisle::app {

class AgentTest : public ::testing::Test {
 protected:
  static constexpr UnixTime kGood{seconds{1'800'000'000}};
  static constexpr UnixTime kBoot1970{seconds{100}};

  // Starts with what is on the disk, connects and subscribes. `more` is added to the configuration.
  void start(const std::string& more = "");
  void go_online();
  // As a crash does: nothing is ended, what was not committed is gone.
  void crash();
  void run(Duration span);
  // Three adverts of a customer's beacon, half a second apart.
  void hear(int customer);
  // One advert.
  void hear(ByteSpan payload);
  void import(const std::string& dataset, const std::string& records);
  void import_customers();
  // The first line of the control socket's answer.
  nlohmann::json ask(const nlohmann::json& request);
  // The events published so far, in that order.
  [[nodiscard]] std::vector<nlohmann::json> events() const;
  [[nodiscard]] std::vector<nlohmann::json> events(const std::string& type) const;
  // Each event's epoch and sequence once, and in an epoch rising by one.
  void expect_in_order() const;

  struct Boot final : BootClock {
    explicit Boot(const Clock& clock) : clock_of(clock) {}
    [[nodiscard]] std::string id() const override { return name; }
    [[nodiscard]] Duration elapsed() const override { return clock_of.steady() - since; }
    const Clock& clock_of;
    std::string name = "boot-1";
    SteadyTime since{};
  };
  struct BootView final : BootClock {
    explicit BootView(const Boot& boot) : of(boot) {}
    [[nodiscard]] std::string id() const override { return of.id(); }
    [[nodiscard]] Duration elapsed() const override { return of.elapsed(); }
    const Boot& of;
  };
  class Source;

  fakes::TempDir directory;
  std::string config_path;  // where the configuration is written and read, if anywhere
  CloudConfig cloud;
  bool stopped = false;  // the agent
  // When set before `start`, what is heard comes from a recording, whose clock is ahead of ours by so much.
  std::optional<Duration> recording_ahead;
  std::optional<std::uint64_t> free_bytes;  // of the disk; none: plenty
  ManualClock clock{kBoot1970};
  std::unique_ptr<VirtualLoop> loop;  // of this agent: its timers die with it
  SeededRandom random{11};
  Log log{LogLevel::error};
  Boot boot{clock};
  Source* source = nullptr;
  std::unique_ptr<recording::ReplaySource> gate;  // what the agent opens for a recording; `source` plays it
  fakes::FakeTransport* transport = nullptr;
  std::unique_ptr<Agent> agent;
  std::vector<sync::OutMessage> sent;  // by agents that are gone
};

}  // namespace aisle::app
