#include "tests/unit/records/support.hpp"

namespace aisle::records {
namespace {

constexpr std::string_view kLeast = R"({"id":"latte","version":3,"content":{"en":{"title":"Latte","body":"Half price"}},
  "trigger":"enter","priority":5})";

constexpr std::string_view kFull = R"({"id":"latte","version":3,
  "content":{"en":{"title":"Latte","body":"Half price"},"hi":{"title":"\u0932\u093e\u0924\u0947","body":""}},
  "url":"https://example.com/latte","zones":["coffee"],"zone_categories":["hot-drinks"],"trigger":"dwell","min_dwell_s":30,
  "valid_from":"2026-01-01T00:00:00Z","valid_until":"2026-02-01T00:00:00Z","days":["mon","sun"],
  "hours":[{"from":"08:00","to":"12:00"},{"from":"22:30","to":"02:00"},{"from":"00:00","to":"24:00"}],
  "segments":{"any":["a"],"all":["b"],"none":["c"]},"tier_min":1,"skus":["4006381333931"],"min_stock":1,
  "caps":[{"scope":"offer","count":1,"period_s":86400},{"scope":"group","count":2,"period_s":3600},{"scope":"store","count":3,"period_s":60}],
  "group":"coffee","cooldown_s":3600,"priority":-5,"weight":2.5,"experiment":"x1","holdout_percent":5,
  "coupon":{"code":"X1"},"reward":{"value":1.5,"kind":"cash","currency":"EUR"},"ttl_s":60,
  "min_confidence":"medium","min_assurance":"rotating"})";

TEST(OfferRecord, LeastThatWorksHasTheDefaults) {
  const auto offer = parse_offer(json_of(kLeast), kFile);
  ASSERT_TRUE(offer.has_value()) << offer.error().why;
  EXPECT_EQ(offer->trigger, Trigger::enter);
  EXPECT_EQ(offer->days, 0x7F);
  EXPECT_EQ(offer->ttl, seconds{900});
  EXPECT_EQ(offer->weight, 1.0);
  EXPECT_FALSE(offer->coupon || offer->min_dwell || offer->valid_from || offer->tier_min || offer->min_assurance);
}

TEST(OfferRecord, WhatItSays) {
  const auto offer = parse_offer(json_of(kFull), kFile);
  ASSERT_TRUE(offer.has_value()) << offer.error().field << offer.error().why;
  EXPECT_EQ(offer->version, 3);
  EXPECT_EQ(offer->content.at("hi").title, "\u0932\u093e\u0924\u0947");
  EXPECT_EQ(offer->content.at("en").body, "Half price");
  EXPECT_EQ(offer->url, "https://example.com/latte");
  EXPECT_EQ(offer->coupon->code, "X1");
  EXPECT_EQ(offer->reward, R"({"currency":"EUR","kind":"cash","value":1.5})");
}

TEST(OfferRecord, WhenItApplies) {
  const auto offer = parse_offer(json_of(kFull), kFile);
  ASSERT_TRUE(offer.has_value());
  EXPECT_EQ(offer->trigger, Trigger::dwell);
  EXPECT_EQ(offer->min_dwell, seconds{30});
  EXPECT_EQ(offer->days, 0b1000001);
  ASSERT_EQ(offer->hours.size(), 3U);
  EXPECT_EQ(offer->hours[1].from_minute, 22 * 60 + 30);
  EXPECT_EQ(offer->hours[1].to_minute, 120);
  EXPECT_EQ(offer->hours[2].to_minute, 1440);
  EXPECT_EQ(format_rfc3339(*offer->valid_until), "2026-02-01T00:00:00.000Z");
}

TEST(OfferRecord, WhomAndHowOften) {
  const auto offer = parse_offer(json_of(kFull), kFile);
  ASSERT_TRUE(offer.has_value());
  EXPECT_THAT(offer->segments_none, ::testing::ElementsAre("c"));
  EXPECT_EQ(offer->tier_min, 1);
  EXPECT_EQ(offer->min_stock, 1);
  ASSERT_EQ(offer->caps.size(), 3U);
  EXPECT_EQ(offer->caps[1].scope, CapScope::group);
  EXPECT_EQ(offer->caps[2].period, seconds{60});
  EXPECT_EQ(offer->cooldown, seconds{3600});
  EXPECT_EQ(offer->priority, -5);
  EXPECT_EQ(offer->weight, 2.5);
  EXPECT_EQ(offer->holdout_percent, 5.0);
  EXPECT_EQ(offer->min_confidence, Confidence::medium);
  EXPECT_EQ(offer->min_assurance, Assurance::rotating);
}

void expect_refused_offer(const std::vector<BadCase>& cases) {
  expect_refused(kFull, cases, [](const nlohmann::json& record) { return parse_offer(record, kFile); });
}

TEST(OfferRecord, WrongContentIsNamed) {
  expect_refused_offer(
      {{R"({"id":null})", "id", "required"},
       {R"({"version":null})", "version", "required: an integer from 0"},
       {R"({"version":-1})", "version", "an integer from 0"},
       {R"({"version":"3"})", "version", "not \"3\""},
       {R"({"content":null})", "content", "required"},
       {R"({"content":{"en":null,"hi":null}})", "content", "in 1 to 64 languages"},
       {R"({"content":{"en":{"title":null}}})", "content.en.title", "required"},
       {R"({"content":{"en":{"title":""}}})", "content.en.title", "a text of 1 to 1024 bytes expected, not 0"},
       {R"({"content":{"en":{"body":1}}})", "content.en.body", "a text expected, not 1"},
       {R"({"content":{"en":{"image":"x"}}})", "content.en.image", "unknown field"},
       {R"({"content":{"":{"title":"a","body":"b"}}})", "content", "language tags"},
       {R"({"url":"javascript:x"})", "url", "an http, https or app link"},
       {R"({"url":"DATA:x"})", "url", "link expected"},
       {R"({"url":"/latte"})", "url", "link expected"},
       {R"({"url":"https://a b"})", "url", "link expected"},
       {R"({"url":"https://a\nb"})", "url", "without control characters"},
       {R"({"reward":{"kind":1}})", "reward.kind", "a text expected"},
       {R"({"reward":{"value":[]}})", "reward.value", "a number of at most 1e12 or a text"},
       {R"({"reward":{"kind":"cash","value":1e13}})", "reward.value", "a number of at most 1e12 or a text"},
       {R"({"coupon":{"code":null}})", "coupon.code", "either a code or"},
       {R"({"coupon":{"lease":true}})", "coupon.lease", "either a code or"},
       {R"({"coupon":{"code":null,"lease":false}})", "coupon.lease", "true expected"},
       {R"({"colour":"red"})", "colour", "unknown field"}});
}

TEST(OfferRecord, WrongTermsAreNamed) {
  expect_refused_offer(
      {{R"({"trigger":null})", "trigger", "required: one of \"enter\", \"dwell\", \"exit\""},
       {R"({"trigger":"pass"})", "trigger", "one of \"enter\", \"dwell\", \"exit\" expected, not \"pass\""},
       {R"({"zones":"coffee"})", "zones", "an array"},
       {R"({"zones":[""]})", "zones[0]", "a text of 1 to 128 bytes"},
       {R"({"min_dwell_s":-1})", "min_dwell_s", "an integer from 0"},
       {R"({"valid_from":1})", "valid_from", "a time such as"},
       {R"({"valid_until":"2026-01-01T00:00:00Z"})", "valid_until", "after valid_from"},
       {R"({"days":["Mon"]})", "days[0]", "one of mon, tue"},
       {R"({"hours":[{"from":"08:00","to":"08:00"}]})", "hours[0].to", "other than \"from\""},
       {R"({"hours":[{"from":"8:00","to":"09:00"}]})", "hours[0].from", "\"00:00\" to \"24:00\""},
       {R"({"hours":[{"from":"08:00","to":"24:01"}]})", "hours[0].to", "\"00:00\" to \"24:00\""},
       {R"({"hours":[{"from":"08:60","to":"09:00"}]})", "hours[0].from", "\"00:00\" to \"24:00\""},
       {R"({"hours":[{"from":"08:00"}]})", "hours[0].to", "required"},
       {R"({"segments":{"some":[]}})", "segments.some", "unknown field"},
       {R"({"segments":["gold"]})", "segments", "an object expected"},
       {R"({"caps":[{"scope":"offer","count":0,"period_s":1}]})", "caps[0].count", "an integer from 1"},
       {R"({"caps":[{"scope":"offer","count":1,"period_s":0}]})", "caps[0].period_s", "an integer from 1"},
       {R"({"caps":[{"scope":"offer","count":1,"period_s":1000000000}]})", "caps[0].period_s", "to 315619200"},
       {R"({"caps":[{"scope":"all","count":1,"period_s":1}]})", "caps[0].scope", "one of"},
       {R"({"group":null})", "caps[1].scope", "only where the offer has a group"},
       {R"({"priority":null})", "priority", "required"},
       {R"({"weight":-0.1})", "weight", "a number from 0"},
       {R"({"holdout_percent":101})", "holdout_percent", "a number from 0 to 100 expected, not 101"},
       {R"({"ttl_s":0})", "ttl_s", "from 1 to 2592000"},
       {R"({"min_confidence":"sure"})", "min_confidence", "one of \"low\", \"medium\", \"high\""},
       {R"({"min_assurance":"static_id"})", "min_assurance", "one of \"static\""}});
}

TEST(OfferRecord, LeaseInPlaceOfACode) {
  auto record = json_of(kLeast);
  record["coupon"] = {{"lease", true}};
  const auto offer = parse_offer(record, kFile);
  ASSERT_TRUE(offer.has_value());
  EXPECT_TRUE(offer->coupon->lease);
  EXPECT_EQ(offer->coupon->code, "");
}

TEST(OfferRecord, AppLinksAndEmptyListsAreTaken) {
  auto record = json_of(kLeast);
  record["url"] = "aisle-app://offer/latte";
  record["days"] = nlohmann::json::array();
  record["zones"] = nlohmann::json::array();
  const auto offer = parse_offer(record, kFile);
  ASSERT_TRUE(offer.has_value()) << offer.error().why;
  EXPECT_EQ(offer->days, 0x7F);
  EXPECT_EQ(offer->url, "aisle-app://offer/latte");
}

}  // namespace
}  // namespace aisle::records
