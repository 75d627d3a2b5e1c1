#include "agent/doctor/broker.hpp"

#include "sync/core/states.hpp"
#include "tests/unit/doctor/judged.hpp"

namespace aisle::doctor {
namespace {

using ::testing::HasSubstr;
namespace state = sync::state;

constexpr std::int64_t kDay = 86'400;

NodeFacts good_node() {
  NodeFacts node;
  node.host = "mq.example";
  node.port = 8883;
  node.addresses = {"10.0.0.1"};
  node.address = "10.0.0.1";
  node.tls = sync::TlsSeen{
      {}, sync::CertificateFacts{"mq.example", "mq.example", "then", "later"}, {90 * kDay, 60 * kDay}, "TLSv1.3"};
  return node;
}

BrokerFacts healthy() {
  BrokerFacts facts;
  facts.configured = facts.tls = facts.with_certificate = true;
  facts.nodes = {good_node()};
  facts.own = sync::OwnCertificate{{"s1/g1", "", "then", "later"}, {90 * kDay, 60 * kDay}};
  facts.login.client_id = "s1_g1_doctor";
  facts.login.connected = facts.login.subscribed = true;
  facts.login.granted = {{"a", true}, {"b", true}};
  facts.login.published = "aisle/v1/s1/g1/res/doctor";
  facts.login.reason = 0;
  return facts;
}

std::map<std::string, Finding> judge(const BrokerFacts& facts) {
  return judged(judge_broker, facts);
}

// Nothing behind the TLS step.
void cut(BrokerFacts& facts) {
  facts.login = {};
  facts.login.skipped = "the step before it failed";
}

TEST(DoctorBroker, AWayThatIsOpenIsAllRight) {
  const auto found = judge(healthy());
  EXPECT_EQ(found.size(), 8U);
  for (const auto& [id, finding] : found) EXPECT_EQ(finding.state, State::ok) << id << ": " << finding.what;
}

TEST(DoctorBroker, WithoutAConfigurationNothingApplies) {
  for (const auto& [id, finding] : judge({})) EXPECT_EQ(finding.state, State::not_applicable) << id;
}

TEST(DoctorBroker, TheFirstStepThatFailsIsTheFailure) {
  auto facts = healthy();
  cut(facts);
  auto& node = facts.nodes[0];
  node = {};
  node.host = "mq.example";
  node.dns = sync::Disconnected{state::kDns, "mq.example: unknown"};
  const auto found = judge(facts);
  EXPECT_EQ(found.at("broker.dns").state, State::failure);
  EXPECT_THAT(found.at("broker.dns").fix, HasSubstr("sync.host"));
  for (const char* later :
       {"broker.tcp", "broker.tls", "broker.certificate", "broker.login", "broker.subscribe", "broker.publish"})
    EXPECT_EQ(found.at(later).state, State::not_applicable) << later;
}

TEST(DoctorBroker, OneNodeOfSeveralIsAWarning) {
  auto facts = healthy();
  facts.nodes.push_back(good_node());
  facts.nodes[0].address.clear();
  facts.nodes[0].tls.reset();
  facts.nodes[0].tcp = sync::Disconnected{state::kConnectionRefused, "nobody listens"};
  EXPECT_EQ(judge(facts)["broker.tcp"].state, State::warning);
  EXPECT_EQ(judge(facts)["broker.tls"].state, State::ok);
  facts.nodes[1] = facts.nodes[0];
  EXPECT_EQ(judge(facts)["broker.tcp"].state, State::failure);
}

TEST(DoctorBroker, DatesAreTheCertificatesAndTheRestIsTrust) {
  auto facts = healthy();
  cut(facts);
  facts.nodes[0].tls->first.reset();
  facts.nodes[0].tls->trouble = sync::Disconnected{state::kCertificateExpired, "expired yesterday"};
  EXPECT_EQ(judge(facts)["broker.certificate"].state, State::failure);
  EXPECT_EQ(judge(facts)["broker.tls"].state, State::not_applicable);
  facts.nodes[0].tls->trouble = sync::Disconnected{state::kCertificateUntrusted, "another authority"};
  EXPECT_EQ(judge(facts)["broker.certificate"].state, State::not_applicable);
  EXPECT_EQ(judge(facts)["broker.tls"].state, State::failure);
  EXPECT_THAT(judge(facts)["broker.tls"].fix, HasSubstr("sync.ca"));
}

TEST(DoctorBroker, ACertificateThatEndsSoonIsAWarning) {
  auto facts = healthy();
  facts.nodes[0].tls->life.left = 20 * kDay;
  facts.own->life = {2 * kDay, kDay};  // short-lived, and not due yet
  EXPECT_EQ(judge(facts)["broker.certificate"].state, State::warning);
  EXPECT_EQ(judge(facts)["broker.own_certificate"].state, State::ok);
  facts.own->life.left = kDay / 4;
  EXPECT_EQ(judge(facts)["broker.own_certificate"].state, State::warning);
  facts.own->life.left = -1;
  EXPECT_EQ(judge(facts)["broker.own_certificate"].state, State::failure);
}

TEST(DoctorBroker, WhatOnlyTheDaemonMayReadIsLeftToIt) {
  auto facts = healthy();
  facts.own.reset();
  facts.own_trouble = "permission denied";
  facts.login = {};
  facts.login.why = sync::Disconnected{state::kCredentials, "permission denied"};
  facts.daemon_online = true;
  facts.daemon_state = "online";
  EXPECT_EQ(judge(facts)["broker.login"].state, State::ok);
  EXPECT_EQ(judge(facts)["broker.own_certificate"].state, State::not_applicable);
  facts.daemon_online = false;
  EXPECT_EQ(judge(facts)["broker.login"].state, State::failure);
  EXPECT_EQ(judge(facts)["broker.own_certificate"].state, State::failure);
}

TEST(DoctorBroker, ACredentialOfTheUnitIsNotMissingWhereItCannotBeSeen) {
  auto facts = healthy();
  cut(facts);
  facts.hidden = true;
  facts.own.reset();
  facts.own_trouble = "handed over to the unit only";
  facts.nodes[0].tls = sync::TlsSeen{};
  facts.nodes[0].tls->trouble = sync::Disconnected{state::kCredentials, "handed over to the unit only"};
  for (const char* id : {"broker.tls", "broker.own_certificate", "broker.login"})
    EXPECT_EQ(judge(facts)[id].state, State::not_applicable) << id;
  facts.hidden = false;
  EXPECT_EQ(judge(facts)["broker.tls"].state, State::failure);
  // Then the daemon's word counts.
  facts = healthy();
  facts.hidden = true;
  facts.login = {};
  facts.login.why = sync::Disconnected{state::kCredentials, "handed over to the unit only"};
  facts.daemon_state = state::kLoginRefused;
  facts.daemon_detail = "wrong password";
  EXPECT_EQ(judge(facts)["broker.login"].state, State::failure);
  EXPECT_EQ(judge(facts)["broker.login"].why, "wrong password");
}

TEST(DoctorBroker, ARefusedLoginBesideAConnectedDaemonIsAWarning) {
  auto facts = healthy();
  facts.login = {};
  facts.login.why = sync::Disconnected{state::kLoginRefused, "wrong password"};
  EXPECT_EQ(judge(facts)["broker.login"].state, State::failure);
  facts.daemon_online = true;
  EXPECT_EQ(judge(facts)["broker.login"].state, State::warning);
}

TEST(DoctorBroker, RightsThatAreMissingAreNamed) {
  auto facts = healthy();
  facts.login.granted[1].second = false;
  EXPECT_EQ(judge(facts)["broker.subscribe"].state, State::failure);
  EXPECT_EQ(judge(facts)["broker.subscribe"].why, "b");
  facts.login.reason = 0x87;
  EXPECT_THAT(judge(facts)["broker.publish"].what, HasSubstr("not authorised"));
  facts.login.reason.reset();
  EXPECT_EQ(judge(facts)["broker.publish"].state, State::failure);
  facts.login.reason = 0;
  facts.protocol = 3;  // a refusal would look the same
  EXPECT_EQ(judge(facts)["broker.publish"].state, State::not_applicable);
  facts.refused = 3;
  EXPECT_THAT(judge(facts)["broker.publish"].what, HasSubstr("3 events"));
}

}  // namespace
}  // namespace aisle::doctor
