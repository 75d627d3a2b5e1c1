// A session with everything around it played by the test, on a virtual clock.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sync/core/session.hpp"
#include "tests/fakes/fake_store.hpp"
#include "tests/fakes/fake_transport.hpp"

namespace aisle::sync {

class RecordingHost final : public SessionHost {
 public:
  void stage(StagePage page, std::function<void(bool)> done) override {
    if (page.page == page.base) staged.clear();
    staged.insert(staged.end(), page.upserts.begin(), page.upserts.end());
    staged_pages.push_back(page.page);
    if (hold_stages) {
      pending_stages.push_back(std::move(done));
    } else {
      done(stage_result);
    }
  }
  void apply(DatasetMessage message, std::function<void(bool)> done) override {
    if (message.staged) message.upserts = staged;
    applied.push_back(std::move(message));
    if (hold_applies) {
      pending.push_back(std::move(done));
    } else {
      done(apply_result);
    }
  }
  void confirm_current(Dataset dataset) override { confirmed.push_back(dataset); }
  void on_command(std::string_view name, const InMessage& message) override {
    commands.emplace_back(std::string(name), message);
  }
  void on_refused(const store::OutboxEvent& event, int reason, std::string_view why) override {
    refused.emplace_back(event, reason);
    whys.emplace_back(why);
  }

  bool hold_applies = false, hold_stages = false, stage_result = true;
  std::vector<nlohmann::json> staged;       // of the snapshot under way
  std::vector<std::uint64_t> staged_pages;  // numbers, as they came
  std::vector<std::function<void(bool)>> pending_stages;
  bool apply_result = true;
  std::vector<DatasetMessage> applied;
  std::vector<std::function<void(bool)>> pending;
  std::vector<Dataset> confirmed;
  std::vector<std::pair<std::string, InMessage>> commands;
  std::vector<std::pair<store::OutboxEvent, int>> refused;
  std::vector<std::string> whys;  // of each
};

class SessionTest : public ::testing::Test {
 protected:
  void make(SessionOptions changes = {}) {
    changes.store = "s1";
    changes.gateway = "g1";
    changes.version = "1.2.3";
    changes.epoch = kEpoch;
    changes.started = clock.now();
    options = changes;
    session.reset();  // the new one is to be the transport's listener
    session = std::make_unique<Session>(changes, loop, random, transport, store, host, log);
  }
  void start(SessionOptions changes = {}) {
    make(std::move(changes));
    session->start(store.reopened());
  }
  void go_online(std::uint16_t receive_maximum = 65535) {
    transport.accept(receive_maximum);
    transport.grant();
    loop.run_posted();
  }
  // Puts events in the store as a commit does, and tells the session when there is one.
  void commit(int count, bool tell = true, const std::string& epoch = kEpoch) {
    commit(std::vector<std::string>(static_cast<std::size_t>(count), "zone.entered"), tell, epoch);
  }
  void commit(const std::vector<std::string>& types, bool tell = true, const std::string& epoch = kEpoch) {
    std::vector<store::OutboxEvent> events;
    const std::int64_t first = store.last_id + 1;
    for (const std::string& type : types) {
      const auto sequence = static_cast<std::uint64_t>(store.last_id + 1);
      events.push_back({epoch, sequence, type, fmt::format("{{\"n\":{}}}", sequence), 0, false});
      store.rows[++store.last_id] = events.back();
    }
    if (tell) session->on_committed(events, first);
    loop.run_posted();
  }
  // Payload numbers of the events published since `from` in the transport's list.
  std::vector<int> event_numbers(std::size_t from = 0) const {
    std::vector<int> numbers;
    const auto events = transport.sent("/evt/");
    for (std::size_t i = from; i < events.size(); ++i) numbers.push_back(std::stoi(events[i].payload.substr(5)));
    return numbers;
  }
  static bool replayed(const OutMessage& message) {
    return message.user_properties == std::vector<std::pair<std::string, std::string>>{{"replay", "true"}};
  }
  // Acknowledges until nothing more is sent.
  void settle() {
    loop.run_posted();
    while (!transport.unanswered.empty()) {
      transport.acknowledge_all();
      loop.run_posted();
    }
  }

  static constexpr const char* kEpoch = "aaaaaaaaaaaaaaaa";
  ManualClock clock{UnixTime(seconds(1'800'000'000))};
  VirtualLoop loop{clock};
  SeededRandom random{7};
  fakes::FakeTransport transport;
  fakes::FakeStore store{loop};
  RecordingHost host;
  Log log{LogLevel::error};
  SessionOptions options;
  std::unique_ptr<Session> session;
};

}  // namespace aisle::sync
