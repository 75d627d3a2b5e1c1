#include "agent/app/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "tests/unit/app/agent_rig.hpp"

namespace aisle::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Metrics, TellOfTheCertificateTheQueueAndTheScans) {
  Json status;
  status["queue"]["dropped"] = 3;
  status["clock_trusted"] = true;
  status["certificate"]["until"] = "2027-01-01T00:00:00Z";
  status["source"] = {{"kind", "hci"}, {"state", "degraded"}};
  status["source"]["counters"]["scan_failures"] = 7;
  Json radio = {{"adapter", "C0:FF:EE:00:00:01"}, {"receiver", "door"}, {"state", "hearing"}};
  radio["counters"]["scan_failures"] = 5;
  status["source"]["radios"].push_back(radio);
  const std::string text = metrics_text(status, {{"rows", 12}});
  EXPECT_THAT(text, HasSubstr("# TYPE aisle_queue_dropped_total counter\naisle_queue_dropped_total 3\n"));
  EXPECT_THAT(text, HasSubstr("\naisle_clock_trusted 1\n"));
  EXPECT_THAT(text, HasSubstr("\naisle_certificate_expiry_timestamp_seconds 1798761600.000\n"));
  EXPECT_THAT(text, HasSubstr("\naisle_source_state{source=\"hci\",state=\"degraded\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\naisle_source_count{counter=\"scan_failures\"} 7\n"));
  EXPECT_THAT(text, HasSubstr("\naisle_radio_count{radio=\"0\",receiver=\"door\",counter=\"scan_failures\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("\naisle_outbox_events 12\n"));
  EXPECT_THAT(text, Not(HasSubstr("EE:00"))) << "no address";
  EXPECT_THAT(text, Not(HasSubstr("aisle_adverts_total"))) << "what is not known is not told";
}

TEST(Metrics, LabelsAreEscaped) {
  Json status;
  status["offers"]["refused"]["a\"b\\c\nd"] = 1;
  EXPECT_THAT(metrics_text(status, {}), HasSubstr("{reason=\"a\\\"b\\\\c\\nd\"} 1\n"));
}

class AgentMetricsTest : public AgentTest {};

TEST_F(AgentMetricsTest, ARunningAgentHasEachOnce) {
  clock.set_wall(kGood);
  start();
  import_customers();
  hear(1);
  const auto answer = ask({{"verb", "metrics"}});
  ASSERT_TRUE(answer.contains("text")) << answer;
  const std::string text = answer["text"];
  EXPECT_THAT(text, HasSubstr("\naisle_adverts_resolved_total 3\n"));
  EXPECT_THAT(text, HasSubstr("\naisle_customers_present{zone=\"coffee\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\naisle_dataset_records{dataset=\"customers\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("\naisle_outbox_events "));
  EXPECT_THAT(text, Not(HasSubstr("c-1")));
  std::set<std::string> samples;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    EXPECT_TRUE(line.starts_with("aisle_")) << line;
    EXPECT_TRUE(samples.insert(line.substr(0, line.rfind(' '))).second) << line;
  }
}

}  // namespace
}  // namespace aisle::app
