// A real store in a temporary directory, on a virtual loop that is both worker and core.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "agent/model/ids.hpp"
#include "agent/store/sqlite.hpp"
#include "agent/store/store.hpp"
#include "tests/fakes/sealed.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace aisle::store {

inline OutboxEvent make_event(std::uint64_t sequence, bool ledger = false, const std::string& epoch = "e1") {
  OutboxEvent event;
  event.epoch = epoch;
  event.sequence = sequence;
  event.type = ledger ? "offer.decided" : "zone.entered";
  event.payload = R"({"n":)" + std::to_string(sequence) + "}";
  event.recorded_ms = 1000 + static_cast<std::int64_t>(sequence);
  event.ledger = ledger;
  return event;
}

inline Batch batch_of(std::vector<OutboxEvent> events) {
  Batch batch;
  batch.events = std::move(events);
  return batch;
}

class StoreTest : public testing::Test {
 protected:
  // (Re)opens; the earlier store is closed first.
  Status open(const std::string& vfs = "") {
    store_.reset();
    StoreOptions options;
    options.path = path();
    options.vfs = vfs;
    options.master_key = master_key_;
    auto opened = Store::open(options, loop_, loop_);
    if (!opened) return tl::unexpected(opened.error());
    store_ = std::move(*opened);
    return {};
  }
  void must_open(const std::string& vfs = "") {
    const auto opened = open(vfs);
    ASSERT_TRUE(opened) << opened.error().message();
  }
  [[nodiscard]] std::string path() const { return dir_.file("aisle.db"); }

  void acknowledge(std::int64_t last, std::int64_t first = 1) {
    IdRanges ids;
    ids.add(IdRange{first, last});
    store_->acknowledge(ids);
  }
  // Commits at once and gives the result.
  Result<Committed> commit(Batch batch) {
    // One that fails is tried again, and done when nobody asks any more.
    const auto result = std::make_shared<Result<Committed>>(fail("done was not called"));
    store_->commit(std::move(batch), true, [result](Result<Committed> committed) { *result = std::move(committed); });
    loop_.run_posted();
    return *result;
  }
  Result<Committed> commit(std::vector<OutboxEvent> events) { return commit(batch_of(std::move(events))); }

  // Runs one asking member function to its answer.
  template <class T, class Call>
  Result<T> ask(Call call) {
    Result<T> result = fail("done was not called");
    call([&](Result<T> answer) { result = std::move(answer); });
    loop_.run_posted();
    return result;
  }
  std::vector<OutboxRow> outbox(std::int64_t after = 0, std::size_t limit = 100'000) {
    auto rows = ask<std::vector<OutboxRow>>([&](auto done) { store_->read_outbox(after, limit, 1U << 30U, done); });
    EXPECT_TRUE(rows);
    return rows ? *rows : std::vector<OutboxRow>();
  }
  std::vector<std::uint64_t> sequences() {
    std::vector<std::uint64_t> all;
    for (const OutboxRow& row : outbox()) all.push_back(row.event.sequence);
    return all;
  }
  OutboxStatus status() {
    auto answer = ask<OutboxStatus>([&](auto done) { store_->outbox_status(done); });
    EXPECT_TRUE(answer);
    return answer ? *answer : OutboxStatus();
  }

  fakes::TempDir dir_;
  std::optional<seal::MasterKey> master_key_ = fakes::key_of_this_run();
  ManualClock clock_{UnixTime(std::chrono::hours(24 * 365 * 55))};
  VirtualLoop loop_{clock_};
  std::unique_ptr<Store> store_;
};

}  // namespace aisle::store
