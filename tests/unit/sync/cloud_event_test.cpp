#include <gtest/gtest.h>

#include "sync/core/session.hpp"

namespace aisle::sync {
namespace {

Event entered() {
  Event event;
  event.type = "zone.entered";
  event.time = UnixTime(milliseconds(1'772'366'400'123));
  event.data["zone_id"] = "coffee";
  return event;
}

TEST(CloudEvent, MembersAreInTheFixedOrder) {
  Event event = entered();
  event.customer = "c-1";
  event.time_estimated = true;
  const std::string text =
      cloud_event(event, "s1", "g1", "abcdefghijklmnop", 42, UnixTime(milliseconds(1'772'366'401'000)));
  EXPECT_EQ(text,
            R"({"specversion":"1.0","type":"io.aisle.zone.entered.v1","source":"/stores/s1/gateways/g1",)"
            R"("id":"abcdefghijklmnop-00000000000000000042","sequence":"00000000000000000042",)"
            R"("time":"2026-03-01T12:00:00.123Z","recordedtime":"2026-03-01T12:00:01.000Z",)"
            R"("datacontenttype":"application/json","dataschema":"https://aisle.io/schemas/zone.entered.v1.json",)"
            R"("partitionkey":"c-1","timequality":"estimated","data":{"zone_id":"coffee"}})");
}

TEST(CloudEvent, LeavesOutWhatDoesNotApply) {
  const std::string text = cloud_event(entered(), "s1", "g1", "e", 1, UnixTime{});
  EXPECT_EQ(text.find("partitionkey"), std::string::npos);
  EXPECT_EQ(text.find("timequality"), std::string::npos);
}

TEST(CloudEvent, LargestSequenceHasTwentyDigits) {
  const std::string text = cloud_event(entered(), "s1", "g1", "e", UINT64_MAX, UnixTime{});
  EXPECT_NE(text.find(R"("sequence":"18446744073709551615")"), std::string::npos);
}

TEST(CloudEvent, InvalidUtf8IsReplacedNotThrown) {
  Event event = entered();
  event.data["zone_id"] = "\xff";
  EXPECT_NE(cloud_event(event, "s1", "g1", "e", 1, UnixTime{}).find("\xEF\xBF\xBD"), std::string::npos);
}

TEST(CloudEvent, TopicNamesFamilyAndName) {
  EXPECT_EQ(event_topic("aisle/v1", "s1", "g1", "zone.entered"), "aisle/v1/s1/g1/evt/zone/entered");
}

}  // namespace
}  // namespace aisle::sync
