// The account itself must notice what it is there for.
#include "tests/e2e/agent/ledger.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace aisle::e2e {
namespace {

std::string event(const std::string& epoch, int sequence, const std::string& type, const std::string& data = "{}") {
  return fmt::format(R"({{"source":"/s","id":"{}-{:020}","type":"io.aisle.{}.v1","data":{}}})", epoch, sequence, type,
                     data);
}
std::string started(const std::string& epoch, const std::string& previous = "null", int last = 0) {
  return event(epoch, 1, "epoch.started",
               fmt::format(R"({{"previous_epoch":{},"previous_last_sequence":{}}})", previous,
                           last == 0 ? "null" : std::to_string(last)));
}

TEST(Ledger, AcceptsDuplicatesAndWhatWasDroppedAloud) {
  const std::vector<std::string> feed = {
      started("a"), event("a", 2, "zone.entered"), event("a", 2, "zone.entered"), started("b", R"("a")", 4),
      event("b", 2, "outbox.dropped", R"({"epoch":"a","ranges":[[3,4]],"reason":"bounds"})")};
  const Ledger ledger(feed);
  EXPECT_EQ(ledger.problems(), std::vector<std::string>{});
  EXPECT_EQ(ledger.duplicates(), 1U);
  EXPECT_EQ(ledger.committed("a"), 4U);
}

TEST(Ledger, NoticesLossAlterationAndWhatWasNeverCommitted) {
  EXPECT_EQ(Ledger({started("a"), event("a", 3, "zone.entered")}).problems().size(), 1U);
  EXPECT_EQ(Ledger({started("a"), started("b", R"("a")", 2)}).problems().size(), 1U);
  EXPECT_EQ(Ledger({started("a"), event("a", 2, "zone.entered"), started("b", R"("a")", 1)}).problems().size(), 1U);
  EXPECT_EQ(Ledger({started("a"), event("a", 2, "x.y"), event("a", 2, "x.z")}).problems().size(), 1U);
  EXPECT_FALSE(Ledger({started("a"), started("b")}).problems().empty());
  const std::string all_listed = event("b", 2, "outbox.dropped", R"({"epoch":"a","ranges":[[1,4]],"reason":"lost"})");
  EXPECT_EQ(Ledger({started("b", R"("a")", 4), all_listed}).problems(), std::vector<std::string>{});
  EXPECT_FALSE(Ledger({started("b", R"("a")", 5), all_listed}).problems().empty());
  EXPECT_FALSE(Ledger({started("b", R"("a")", 2)}).problems().empty());
  EXPECT_FALSE(Ledger({event("a", 1, "zone.entered")}).problems().empty());
  EXPECT_FALSE(Ledger({started("a"), "garbage"}).problems().empty());
}

}  // namespace
}  // namespace aisle::e2e
