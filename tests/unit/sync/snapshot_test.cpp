#include "tests/unit/sync/dataset_fixture.hpp"

namespace aisle::sync {
namespace {

using SnapshotTest = DatasetTest;

TEST_F(SnapshotTest, PagesFromZeroArePulledOneByOneAndAppliedAtOnce) {
  begin("e1", 7);
  own(page("S", 0, 3));
  EXPECT_EQ(sync().state, "snapshot 1/3");
  EXPECT_EQ(requests().back(), request("\"e1\"", 7, "\"S\"", 1));
  own(page("S", 1, 3));
  EXPECT_EQ(requests().back(), request("\"e1\"", 7, "\"S\"", 2));
  EXPECT_TRUE(host.applied.empty());
  own(page("S", 2, 3));
  ASSERT_EQ(host.applied.size(), 1U);
  EXPECT_TRUE(host.applied[0].replace_all);
  EXPECT_EQ(host.applied[0].epoch, "e2");
  EXPECT_EQ(host.applied[0].cursor, 50U);
  EXPECT_EQ(host.applied[0].upserts.size(), 3U);
  EXPECT_EQ(requests().back(), request("\"e2\"", 50));
  own(delta("e2", 50, 50));
  EXPECT_EQ(sync().state, "current");
}

TEST_F(SnapshotTest, PagesFromOneWorkToo) {
  begin("", 0);
  own(page("S", 1, 2));
  EXPECT_EQ(requests().back(), request("null", 0, "\"S\"", 2));
  own(page("S", 2, 2));
  ASSERT_EQ(host.applied.size(), 1U);
  EXPECT_EQ(host.applied[0].upserts.size(), 2U);
}

TEST_F(SnapshotTest, ASinglePageIsWhole) {
  for (const int index : {0, 1}) {
    host.applied.clear();
    begin("", 0);
    own(page("S", index, 1));
    EXPECT_EQ(host.applied.size(), 1U) << index;
  }
}

TEST_F(SnapshotTest, DuplicateAndDistantPagesAreIgnored) {
  begin("e1", 7);
  own(page("S", 0, 3));
  own(page("S", 0, 3));
  own(page("S", 2, 3));
  EXPECT_EQ(sync().ignored, 2U);
  EXPECT_EQ(requests().size(), 2U);
  own(page("S", 1, 3));
  own(page("S", 2, 3));
  EXPECT_EQ(host.applied.at(0).upserts.size(), 3U);
}

TEST_F(SnapshotTest, AnotherSnapshotRestarts) {
  begin("e1", 7);
  own(page("S", 0, 3));
  own(page("T", 0, 2, 60));
  EXPECT_EQ(requests().back(), request("\"e1\"", 7, "\"T\"", 1));
  own(page("T", 1, 2, 60));
  ASSERT_EQ(host.applied.size(), 1U);
  EXPECT_EQ(host.applied[0].cursor, 60U);
  EXPECT_EQ(host.applied[0].upserts.at(0)["id"], "T-0");
}

TEST_F(SnapshotTest, AStrayPageOfAnotherSnapshotDropsNothing) {
  begin("e1", 7);
  own(page("S", 0, 3));
  own(page("T", 1, 2));
  own(page("T", 2, 2));
  own(page("R", 0, 2, 49));  // its first page, but it is older
  EXPECT_EQ(sync().ignored, 3U);
  EXPECT_EQ(sync().state, "snapshot 1/3");
  own(page("S", 1, 3));
  own(page("S", 2, 3));
  ASSERT_EQ(host.applied.size(), 1U);
  EXPECT_EQ(host.applied[0].upserts.size(), 3U);
  EXPECT_EQ(host.applied[0].upserts.at(0)["id"], "S-0");
}

TEST_F(SnapshotTest, AMiddlePageAloneIsNotTakenForTheFirst) {
  begin("e1", 7);
  own(page("T", 2, 3));
  EXPECT_EQ(sync().ignored, 1U);
  loop.run_for(seconds(20));
  EXPECT_EQ(requests().back(), request("\"e1\"", 7));
  EXPECT_GT(requests().size(), 1U);
}

TEST_F(SnapshotTest, DeltasMeanwhileAreDroppedAndAskedForAfterwards) {
  begin("e1", 7);
  own(page("S", 0, 2));
  all(delta("e1", 7, 8));
  all(delta("e2", 50, 51));
  EXPECT_TRUE(host.applied.empty());
  own(page("S", 1, 2));
  ASSERT_EQ(host.applied.size(), 1U);
  EXPECT_EQ(requests().back(), request("\"e2\"", 50));
  own(delta("e2", 50, 51));
  EXPECT_EQ(sync().cursor, 51U);
}

TEST_F(SnapshotTest, PagesOnTheStoresTopicAndUnaskedOnesAreIgnored) {
  begin("e1", 7);
  all(page("S", 0, 1));
  EXPECT_TRUE(host.applied.empty());
  own(delta("e1", 7, 7));
  own(page("S", 0, 1));
  EXPECT_TRUE(host.applied.empty());
  EXPECT_EQ(sync().ignored, 2U);
}

TEST_F(SnapshotTest, ALateDuplicateOfTheLastPageDoesNotApplyTwice) {
  begin("e1", 7);
  own(page("S", 0, 1));
  own(page("S", 0, 1));
  EXPECT_EQ(host.applied.size(), 1U);
}

TEST_F(SnapshotTest, ContradictingPagesStartOver) {
  begin("e1", 7);
  own(page("S", 0, 3));
  own(page("S", 1, 2));
  EXPECT_EQ(sync().malformed, 1U);
  loop.run_for(seconds(20));
  EXPECT_EQ(requests().back(), request("\"e1\"", 7));
}

TEST_F(SnapshotTest, AForgottenSnapshotIsGivenUpAfterThreeTimeouts) {
  begin("e1", 7);
  own(page("S", 0, 3));
  loop.run_for(seconds(31));
  EXPECT_EQ(requests().back(), request("\"e1\"", 7, "\"S\"", 1));
  loop.run_for(seconds(120));
  EXPECT_EQ(requests().back(), request("\"e1\"", 7));
}

TEST_F(SnapshotTest, ALostConnectionResumesWhereItWas) {
  begin("e1", 7);
  own(page("S", 0, 3));
  loop.run_for(seconds(4));
  transport.end();
  loop.run_for(seconds(2));
  go_online();
  EXPECT_EQ(requests().back(), request("\"e1\"", 7, "\"S\"", 1));
  own(page("S", 1, 3));
  own(page("S", 2, 3));
  EXPECT_EQ(host.applied.at(0).upserts.size(), 3U);
}

TEST_F(SnapshotTest, NothingIsAskedWhileAPageIsOnItsWayToTheDisk) {
  begin("e1", 7);
  host.hold_stages = true;
  own(page("S", 0, 2));
  EXPECT_EQ(requests().size(), 1U);
  transport.end();
  loop.run_for(seconds(2));
  go_online();
  own(page("S", 0, 2));
  EXPECT_EQ(host.staged_pages, (std::vector<std::uint64_t>{0})) << "the same page once more is not taken";
  const auto asked = requests().size();
  host.pending_stages.at(0)(true);
  ASSERT_EQ(requests().size(), asked + 1);
  EXPECT_EQ(requests().back(), request("\"e1\"", 7, "\"S\"", 1));
}

TEST_F(SnapshotTest, APageThatCannotBeStoredStartsOver) {
  begin("e1", 7);
  host.stage_result = false;
  own(page("S", 0, 2));
  host.stage_result = true;
  loop.run_for(seconds(20));
  EXPECT_EQ(requests().back(), request("\"e1\"", 7));
}

TEST_F(SnapshotTest, GoesOnWithWhatWasStagedBeforeTheStart) {
  SessionOptions with;
  with.datasets = {Dataset::offers};
  with.retry_spread = seconds(0);
  make(with);
  store::Loaded loaded;
  loaded.datasets[Dataset::offers] = {"e1", 7, 0, 0, ""};
  loaded.staging[Dataset::offers] = {"\"S\"", "e2", 50, 3, 0, 2, ""};
  session->start(loaded);
  go_online();
  EXPECT_EQ(requests().back(), request("\"e1\"", 7, "\"S\"", 2));
  own(page("S", 2, 3));
  ASSERT_EQ(host.applied.size(), 1U);
  EXPECT_TRUE(host.applied[0].staged);
  EXPECT_EQ(host.applied[0].cursor, 50U);
}

TEST_F(SnapshotTest, TakesOverWhatWasStagedWholeBeforeTheStart) {
  SessionOptions with;
  with.datasets = {Dataset::offers};
  make(with);
  store::Loaded loaded;
  loaded.staging[Dataset::offers] = {"3", "e2", 50, 3, 0, 3, ""};
  session->start(loaded);
  go_online();
  ASSERT_EQ(host.applied.size(), 1U);
  EXPECT_EQ(host.applied[0].epoch, "e2");
}

TEST_F(SnapshotTest, ASnapshotThatCannotBeAppliedIsFetchedAgain) {
  begin("e1", 7);
  host.apply_result = false;
  own(page("S", 0, 1));
  EXPECT_EQ(sync().cursor, 7U);
  host.apply_result = true;
  loop.run_for(seconds(20));
  own(page("S", 0, 1));
  EXPECT_EQ(sync().cursor, 50U);
}

}  // namespace
}  // namespace aisle::sync
