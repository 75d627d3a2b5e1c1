// A session with one dataset, `offers`, online at epoch "e1".
#pragma once

#include <string>
#include <vector>

#include "tests/unit/sync/session_fixture.hpp"

namespace aisle::sync {

class DatasetTest : public SessionTest {
 protected:
  // Empty epoch: never synced.
  void begin(const std::string& epoch, std::uint64_t cursor) {
    SessionOptions with;
    with.datasets = {Dataset::offers};
    with.retry_spread = seconds(0);
    make(with);
    store::Loaded loaded;
    loaded.datasets[Dataset::offers] = {epoch, cursor, 0, 0, ""};
    session->start(loaded);
    go_online();
  }
  void begin_current(std::uint64_t cursor) {
    begin("e1", cursor);
    own(delta("e1", cursor, cursor));
    ASSERT_EQ(sync().state, "current");
  }
  static std::string delta(const std::string& epoch, std::uint64_t from, std::uint64_t to) {
    const std::string change = from == to ? "" : fmt::format(R"({{"id":"to-{}"}})", to);
    return fmt::format(R"({{"epoch":"{}","from":{},"to":{},"deletes":[],"upserts":[{}]}})", epoch, from, to, change);
  }
  static std::string page(const std::string& snapshot, int index, int pages, int to = 50) {
    return fmt::format(R"({{"epoch":"e2","snapshot":"{}","page":{},"pages":{},"to":{},"upserts":[{{"id":"{}-{}"}}]}})",
                       snapshot, index, pages, to, snapshot, index);
  }
  void own(const std::string& payload) { transport.deliver("aisle/v1/s1/g1/sync/offers", payload); }
  void all(const std::string& payload) { transport.deliver("aisle/v1/s1/_all/sync/offers", payload); }
  std::vector<std::string> requests() const {
    std::vector<std::string> payloads;
    for (const auto& message : transport.sent("/sync/offers/request")) payloads.push_back(message.payload);
    return payloads;
  }
  static std::string request(const std::string& epoch, int cursor, const std::string& snapshot = "null",
                             int at_page = 0) {
    return fmt::format(R"({{"epoch":{},"cursor":{},"snapshot":{},"page":{},"max_bytes":100000}})", epoch, cursor,
                       snapshot, at_page);
  }
  // Lets time pass until there are `count` requests, at most `limit`; true when it came to that many.
  bool asked_within(std::size_t count, Duration limit) {
    for (Duration passed{}; passed < limit && requests().size() < count; passed += milliseconds(10)) {
      loop.run_for(milliseconds(10));
    }
    return requests().size() >= count;
  }
  DatasetSyncStatus sync() const { return session->status().datasets.at(Dataset::offers); }
};

}  // namespace aisle::sync
