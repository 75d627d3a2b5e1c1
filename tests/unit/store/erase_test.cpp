// Commands that are remembered, and customers that are not.
#include <fstream>
#include <iterator>

#include "tests/fakes/card_image.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace aisle::store {
namespace {

class EraseTest : public StoreTest {
 protected:
  void SetUp() override {
    must_open();
    change(Dataset::customers,
           {{"c-needle", R"({"consent":{},"devices":[{"ordinal":7},{"ordinal":8}],"id":"c-needle"})"},
            {"c-2", R"({"consent":{},"devices":[{"ordinal":9}],"id":"c-2"})"}});
    change(Dataset::orders, {{"o-1", R"({"customer_id":"c-needle","id":"o-1","state":"placed"})"},
                             {"o-2", R"({"customer_id":"c-needle-not","id":"o-2","state":"placed"})"}});
    Batch keys;
    keys.change.emplace();
    keys.change->dataset = Dataset::keys;
    keys.change->key_upserts = {{7, 20, {}}, {7, 21, {}}, {8, 21, {}}, {9, 21, {}}};
    ASSERT_TRUE(commit(std::move(keys)));
    Batch ledger;
    ledger.decisions = {{"d1", "c-needle", "latte", "", 100}, {"d2", "c-2", "tea", "", 200}};
    ledger.visits = {{"c-needle", 10, 1}, {"c-2", 11, 4}};
    ledger.events = {of(1, "c-needle"), of(2, "c-2"), of(3, "c-needle"), make_event(4)};
    ASSERT_TRUE(commit(std::move(ledger)));
    store_->dead_letter(3, 0x87, "refused");
    loop_.run_for(seconds(1));
  }
  void change(Dataset dataset, std::vector<RecordRow> rows) {
    Batch batch;
    batch.change.emplace();
    batch.change->dataset = dataset;
    batch.change->epoch = "cloud";
    batch.change->cursor = 5;
    batch.change->record_upserts = std::move(rows);
    ASSERT_TRUE(commit(std::move(batch)));
  }
  static OutboxEvent of(std::uint64_t sequence, const std::string& customer) {
    auto event = make_event(sequence);
    event.payload = R"({"partitionkey":")" + customer + R"(","data":{"customer_id":")" + customer + R"("}})";
    return event;
  }
  // The erasure of c-needle, with an event that counts and a remembered command.
  static Batch erasure(std::uint64_t sequence) {
    Batch batch = batch_of({make_event(sequence, true)});
    batch.erasure = Erasure{"c-needle", [](const Erased& erased, Batch& full) {
                              full.events[0].payload = "erased " + std::to_string(erased.decisions);
                              full.command = CommandRow{"cmd-1", "erase", 1000, true, "reply"};
                            }};
    return batch;
  }
  std::optional<std::string> reply(const std::string& id) {
    return ask<std::optional<std::string>>([&](auto done) { store_->read_command(id, done); }).value_or("error");
  }
  [[nodiscard]] bool on_disk(const std::string& needle) const {
    if (master_key_) return fakes::opened_image(path(), *master_key_).find(needle) != std::string::npos;
    for (const char* suffix : {"", "-wal"}) {
      std::ifstream in(path() + suffix, std::ios::binary);
      const std::string content{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
      if (content.find(needle) != std::string::npos) return true;
    }
    return false;
  }
};

TEST_F(EraseTest, EverythingOfTheCustomerGoesAndIsCounted) {
  const auto committed = commit(erasure(5));
  ASSERT_TRUE(committed) << committed.error().message();
  const Erased& erased = *committed->erased;
  EXPECT_EQ(erased.records, 1U);
  EXPECT_EQ(erased.keys, 3U);
  EXPECT_EQ(erased.orders, 1U);
  EXPECT_EQ(erased.decisions, 1U);
  EXPECT_EQ(erased.visit_numbers, 1U);
  EXPECT_EQ(erased.outbox, 1U);
  EXPECT_EQ(erased.dead_letters, 1U);
  EXPECT_EQ(erased.datasets.at(Dataset::customers).count, 1U);
  EXPECT_EQ(erased.datasets.at(Dataset::customers).cursor, 5U);
  EXPECT_EQ(sequences(), (std::vector<std::uint64_t>{2, 4, 5}));
  EXPECT_EQ(committed->completed[0].payload, "erased 1");
  EXPECT_EQ(outbox(4)[0].event.payload, "erased 1");
  EXPECT_FALSE(on_disk("\"c-needle\""));
  EXPECT_TRUE(on_disk("c-needle-not"));
}

TEST_F(EraseTest, TheNumberThatADeletionLeftGoesToo) {
  Batch deletion;
  deletion.forget_customers = {"c-needle"};
  ASSERT_TRUE(commit(std::move(deletion)));
  const auto committed = commit(erasure(5));
  ASSERT_TRUE(committed) << committed.error().message();
  EXPECT_EQ(committed->erased->visit_numbers, 1U);
  must_open();
  ASSERT_EQ(store_->loaded().visits.size(), 1U);
  EXPECT_EQ(store_->loaded().visits[0].customer, "c-2");
}

TEST_F(EraseTest, WhatLeftTheOutboxIsToldOnceEvenAfterARestart) {
  ASSERT_TRUE(commit(erasure(5)));
  must_open();
  const auto drops = store_->loaded().unreported_drops;
  ASSERT_EQ(drops.size(), 2U);  // the first is of the dead letter
  EXPECT_EQ(drops[1].reason, "erased");
  EXPECT_EQ(drops[1].ranges, (std::vector<std::pair<std::uint64_t, std::uint64_t>>{{1, 1}}));
  EXPECT_EQ(drops[1].by_type.at("zone.entered"), 1U);
  Batch told = batch_of({make_event(1, true, "e2")});
  told.drops_reported = drops[1].id;
  ASSERT_TRUE(commit(std::move(told)));
  must_open();
  EXPECT_TRUE(store_->loaded().unreported_drops.empty());
}

TEST_F(EraseTest, WhatLeftTheOutboxIsToldWithTheBoundsInOrder) {
  ASSERT_TRUE(commit(erasure(5)));
  const auto told = ask<std::vector<Dropped>>([&](auto done) { store_->enforce_bounds({1000, 1U << 20U}, {}, done); });
  ASSERT_TRUE(told);
  ASSERT_EQ(told->size(), 2U);
  EXPECT_EQ((*told)[0].reason, "refused");
  EXPECT_EQ((*told)[1].reason, "erased");
  EXPECT_LT((*told)[0].id, (*told)[1].id);
}

TEST_F(EraseTest, TheReplyIsRememberedUntilItIsOld) {
  ASSERT_TRUE(commit(erasure(5)));
  must_open();
  EXPECT_EQ(reply("cmd-1"), "reply");
  EXPECT_EQ(reply("cmd-2"), std::nullopt);
  store_->forget_commands_before(1000);
  loop_.run_for(seconds(1));
  EXPECT_EQ(reply("cmd-1"), "reply");
  store_->forget_commands_before(1001);
  loop_.run_for(seconds(1));
  EXPECT_EQ(reply("cmd-1"), std::nullopt);
}

TEST_F(EraseTest, UnsignedCommandsPushOutEachOtherOnly) {
  const auto remember = [this](const std::string& id, std::int64_t at, bool is_signed) {
    Batch batch;
    batch.command = CommandRow{id, "ping", at, is_signed, id};
    store_->commit(std::move(batch), false, {});
  };
  remember("signed", 1, true);
  for (int i = 0; i <= 1000; ++i) remember("u-" + std::to_string(i), 2 + i, false);
  loop_.run_for(seconds(1));
  EXPECT_EQ(reply("signed"), "signed");
  EXPECT_EQ(reply("u-0"), std::nullopt);
  EXPECT_EQ(reply("u-1"), "u-1");
}

}  // namespace
}  // namespace aisle::store
