#include "agent/app/journal.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/fake_store.hpp"

namespace aisle::app {
namespace {

Event event_of(EventClass durability) {
  Event event;
  event.type = durability == EventClass::ledger ? "offer.decided" : "zone.entered";
  event.durability = durability;
  return event;
}

// A disk that takes nothing for long: memory is bounded, the ledger goes on, and no sequence number is lost for it.
TEST(Journal, PresenceEventsAreNotMadeWhileTooManyWait) {
  ManualClock clock{UnixTime(seconds(1'800'000'000))};
  VirtualLoop loop{clock};
  fakes::FakeStore store{loop};
  Journal journal({"s1", "g1", "aaaaaaaaaaaaaaaa"}, clock, store);
  for (int i = 0; i < 20'005; ++i) journal.record(event_of(EventClass::presence));
  journal.record(event_of(EventClass::ledger));
  EXPECT_EQ(journal.pending(), 20'001U);
  EXPECT_EQ(journal.last_sequence(), 20'001U);
  EXPECT_EQ(journal.not_recorded(), (std::map<std::string, std::uint64_t>{{"zone.entered", 5}}));
  loop.run_posted();  // the disk takes them
  journal.record(event_of(EventClass::presence));
  EXPECT_EQ(journal.last_sequence(), 20'002U);
  EXPECT_EQ(journal.pending(), 1U);
}

}  // namespace
}  // namespace aisle::app
