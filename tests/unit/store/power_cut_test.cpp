#include "tests/fakes/fault_vfs.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace aisle::store {
namespace {

class PowerCutTest : public StoreTest {
 protected:
  void TearDown() override { store_.reset(); }
  fakes::FaultVfs vfs_{"fault-power-cut"};
};

// What was reported as committed is there although nothing but synced content survives, whenever the power goes.
TEST_F(PowerCutTest, ReportedCommitsSurvive) {
  vfs_.track_syncs();
  must_open(vfs_.name());
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
    vfs_.cut_power();
    store_.reset();
    vfs_.restore_power();
    vfs_.track_syncs();
    must_open(vfs_.name());
    EXPECT_FALSE(store_->loaded().quarantined);
    ASSERT_EQ(outbox().size(), before + reported) << "round " << round;
    EXPECT_EQ(store_->loaded().previous_epoch->last_sequence, round * 3);
  }
}

}  // namespace
}  // namespace aisle::store
