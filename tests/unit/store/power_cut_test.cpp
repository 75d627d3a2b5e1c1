#include "tests/fakes/fault_vfs.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace aisle::store {
namespace {

class PowerCutTest : public StoreTest {};

// What was reported as committed is there although nothing but synced content survives, whenever the power goes.
TEST_F(PowerCutTest, ReportedCommitsSurvive) {
  fakes::FaultVfs vfs("fault-power-cut");
  vfs.track_syncs();
  must_open(vfs.name());
  for (std::uint64_t round = 1; round <= 6; ++round) {
    const std::string epoch = "epoch" + std::to_string(round);
    const std::size_t before = outbox().size();
    std::size_t reported = 0;
    for (std::uint64_t i = 1; i <= round * 3; ++i) {
      store_->commit(batch_of({make_event(i, true, epoch)}), true, [&](Result<Committed> done) {
        if (done) ++reported;
      });
      loop_.run_posted();
    }
    ASSERT_EQ(reported, round * 3);
    vfs.cut_power();
    store_.reset();
    vfs.restore_power();
    vfs.track_syncs();
    must_open(vfs.name());
    EXPECT_FALSE(store_->loaded().quarantined);
    ASSERT_EQ(outbox().size(), before + reported) << "round " << round;
    EXPECT_EQ(store_->loaded().previous_epoch->last_sequence, round * 3);
  }
  store_.reset();
}

}  // namespace
}  // namespace aisle::store
