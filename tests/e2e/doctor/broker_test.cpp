// The way to a real Mosquitto, broken step by step.
#include <filesystem>
#include <memory>

#include "tests/e2e/doctor/checkup.hpp"
#include "tests/fakes/certificates.hpp"
#include "tests/fakes/mosquitto_broker.hpp"
#include "tests/fakes/stub_broker.hpp"

namespace aisle::e2e {
namespace {

using ::testing::HasSubstr;

constexpr const char* kRights =
    "pattern write aisle/v1/%u/evt/#\npattern write aisle/v1/%u/status\npattern write aisle/v1/%u/res/#\n"
    "pattern write aisle/v1/%u/sync/+/request\npattern read aisle/v1/%u/cmd/+\npattern read aisle/v1/%u/sync/+\n";

// A broker with TLS, passwords and an access list, and a gateway that may use it.
class DoctorOfBroker : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(site.state_dir());
    authority.issue(site.file("server"), "the broker");
    authority.issue(site.file("gateway"), "s1/g1");
    site.write("password", "right\n");
    site.write("walk.jsonl", "");
    broker = std::make_unique<fakes::MosquittoBroker>(
        fakes::BrokerOptions{.users = {{"s1/g1", "right"}},
                             .acl = kRights,
                             .lines = {"certfile " + site.file("server.pem"), "keyfile " + site.file("server.key"),
                                       "cafile " + site.file("ca.pem"), "require_certificate true"}});
    ASSERT_TRUE(broker->start());
    configure();
  }
  void configure(const std::string& ca = "ca.pem", const std::string& host = "127.0.0.1", int protocol = 5) {
    site.configure({.port = broker->port(),
                    .protocol = protocol,
                    .host = host,
                    .sync = "tls = true\nca = \"" + site.file(ca) + "\"\ncert = \"" + site.file("gateway.pem") +
                            "\"\nkey = \"" + site.file("gateway.key") + "\"\nusername = \"s1/g1\"\npassword_file = \"" +
                            site.file("password") + "\"\n"});
  }
  void restart_broker() {
    broker->stop();
    ASSERT_TRUE(broker->start());
  }

  Site site;
  fakes::Authority authority{site.file("ca")};
  std::unique_ptr<fakes::MosquittoBroker> broker;
};

TEST_F(DoctorOfBroker, WhatWorksIsAllRightAndTheDaemonKeepsItsConnection) {
  auto aisled = site.start_aisled();
  ASSERT_TRUE(fakes::eventually([&] {
    const auto status = site.status();
    return status.is_object() && status["sync"]["state"] == "online";
  })) << site.log();
  const auto found = checkup(site);
  EXPECT_EQ(found.exit, 0) << found.errors;
  for (const char* id : {"daemon.running", "config.valid", "broker.dns", "broker.tcp", "broker.tls", "broker.login",
                         "broker.subscribe", "broker.publish", "database.integrity", "memory.daemon", "ports.broker"})
    EXPECT_EQ(found.state(id), "ok") << id;
  // The test's certificates live for two hours.
  for (const char* id : {"broker.certificate", "broker.own_certificate"}) EXPECT_EQ(found.state(id), "ok") << id;
  EXPECT_EQ(found.state("bluetooth.adapter"), "not_applicable");
  EXPECT_EQ(site.status()["sync"]["connects"], 1);
}

TEST_F(DoctorOfBroker, AnotherAuthorityIsNotTrusted) {
  const fakes::Authority other(site.file("other"), "another authority");
  configure("other.pem");
  const auto found = checkup(site);
  found.expect_failure("broker.tls", "the broker", "sync.ca");
  EXPECT_EQ(found.state("broker.login"), "not_applicable");
}

TEST_F(DoctorOfBroker, AnExpiredCertificateIsNamedWithItsDates) {
  authority.issue(site.file("server"), "the broker", {.from = -7200, .until = -3600});
  restart_broker();
  const auto found = checkup(site);
  found.expect_failure("broker.certificate", "expired", "renew the broker's certificate");
  EXPECT_EQ(found.state("broker.tls"), "not_applicable");
}

TEST_F(DoctorOfBroker, ACertificateThatEndsSoonIsAWarning) {
  authority.issue(site.file("server"), "the broker", {.from = -86'400, .until = 1800});  // before its authority
  authority.issue(site.file("gateway"), "s1/g1", {.from = -86'400, .until = -60});
  restart_broker();
  const auto found = checkup(site);
  EXPECT_EQ(found.state("broker.certificate"), "warning");
  found.expect_failure("broker.own_certificate", "expired", "provision");
  EXPECT_EQ(found.state("broker.login"), "failure");
}

TEST_F(DoctorOfBroker, ARefusedLoginIsToldFromTls) {
  site.write("password", "wrong\n");
  const auto found = checkup(site);
  EXPECT_EQ(found.state("broker.tls"), "ok");
  found.expect_failure("broker.login", "password", "password");
  EXPECT_EQ(found.state("broker.publish"), "not_applicable");
}

TEST_F(DoctorOfBroker, MissingRightsToPublishAreFound) {
  broker->set_acl("pattern read aisle/v1/%u/cmd/+\n");
  restart_broker();
  const auto found = checkup(site);
  EXPECT_EQ(found.state("broker.login"), "ok");
  EXPECT_EQ(found.state("broker.subscribe"), "ok");
  found.expect_failure("broker.publish", "not authorised", "access list");
}

// Only events are refused: what the doctor tries itself is allowed, and the daemon has met it.
TEST_F(DoctorOfBroker, RefusedEventsOfTheDaemonAreFound) {
  std::string acl = kRights;
  acl.replace(acl.find("/evt/"), 5, "/eve/");
  broker->set_acl(acl);
  restart_broker();
  auto aisled = site.start_aisled();
  ASSERT_TRUE(fakes::eventually([&] {
    const auto status = site.status();
    return status.is_object() && status["sync"]["refused"] > 0;
  })) << site.log();
  checkup(site).expect_failure("broker.publish", "refused", "outbox retry");
}

TEST_F(DoctorOfBroker, WithMqtt311TheRightToPublishIsNotKnown) {
  configure("ca.pem", "127.0.0.1", 3);
  const auto found = checkup(site);
  EXPECT_EQ(found.state("broker.login"), "ok");
  EXPECT_EQ(found.state("broker.publish"), "not_applicable");
}

TEST_F(DoctorOfBroker, ABrokerThatIsDownIsSaid) {
  broker->stop();
  const auto found = checkup(site);
  EXPECT_EQ(found.state("broker.dns"), "ok");
  found.expect_failure("broker.tcp", "nobody listens", "broker");
  found.expect_failure("ports.broker", "nobody listens", "mosquitto");
  EXPECT_EQ(found.state("broker.login"), "not_applicable");
}

TEST_F(DoctorOfBroker, ANameWithoutAnAddressIsSaid) {
  configure("ca.pem", "no-such-broker.invalid");
  const auto found = checkup(site);
  found.expect_failure("broker.dns", "no-such-broker.invalid", "sync.host");
  EXPECT_EQ(found.state("ports.broker"), "not_applicable");
  for (const char* later : {"broker.tcp", "broker.tls", "broker.login", "broker.subscribe", "broker.publish"})
    EXPECT_EQ(found.state(later), "not_applicable") << later;
}

TEST_F(DoctorOfBroker, ABrokerThatNeverAnswersDoesNotHoldItUp) {
  const fakes::StubBroker silent("");
  site.configure({.port = silent.port()});
  const auto found = checkup(site);
  EXPECT_EQ(found.state("broker.tcp"), "ok");
  found.expect_failure("broker.login", "answer", "");
}

}  // namespace
}  // namespace aisle::e2e
