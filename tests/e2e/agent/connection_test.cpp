// One daemon that lives through every trouble a connection can have: each shows in `aislectl status` by a name of its
// own, and once it is put right the daemon is online again without a hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "tests/e2e/agent/shop.hpp"
#include "tests/fakes/certificates.hpp"
#include "tests/fakes/forwarder.hpp"

namespace aisle::e2e {
namespace {

using ::testing::HasSubstr;

class Connection : public ::testing::Test {
 protected:
  void SetUp() override {
    good();
    fakes::write_file(file("password"), "right\n");
    broker = std::make_unique<fakes::MosquittoBroker>(
        fakes::BrokerOptions{.users = {{"s1/g1", "right"}},
                             .lines = {"certfile " + file("server.pem"), "keyfile " + file("server.key"),
                                       "cafile " + file("ca.pem"), "require_certificate true"}});
    between = std::make_unique<fakes::Forwarder>(broker->port());
    site.write("walk.jsonl", "");
    site.configure({.port = between->port(),
                    .sync = "tls = true\nca = \"" + file("ca.pem") + "\"\ncert = \"" + file("gateway.pem") +
                            "\"\nkey = \"" + file("gateway.key") + "\"\nusername = \"s1/g1\"\npassword_file = \"" +
                            file("password") + "\"\nkeepalive_s = 5\n"});
  }
  [[nodiscard]] std::string file(const std::string& name) const { return site.file(name); }
  void good() {
    authority.issue(file("server"), "the broker");
    authority.issue(file("gateway"), "s1/g1");
  }
  void restart_broker() {
    broker->stop();
    ASSERT_TRUE(broker->start());
  }
  // The state comes, and says in `detail` what to look at.
  void expect_trouble(const std::string& state, const std::string& hint) {
    json sync;
    EXPECT_TRUE(fakes::eventually([&] {
      sync = site.status()["sync"];
      return sync.value("state", "") == state;
    })) << "no \""
        << state << "\" but " << sync;
    EXPECT_THAT(sync.value("detail", ""), HasSubstr(hint));
  }
  void expect_recovery() {
    json sync;
    EXPECT_TRUE(fakes::eventually([&] {
      sync = site.status()["sync"];
      return sync.value("state", "") == "online";
    })) << sync
        << site.log();
  }
  void expect_certificate_trouble(const fakes::CertificateOptions& server, const std::string& state,
                                  const std::string& hint) {
    authority.issue(file("server"), "the broker", server);
    restart_broker();
    expect_trouble(state, hint);
    good();
    restart_broker();
    expect_recovery();
  }

  Site site;
  fakes::Authority authority{site.file("ca")};
  std::unique_ptr<fakes::MosquittoBroker> broker;
  std::unique_ptr<fakes::Forwarder> between;
};

TEST_F(Connection, EveryTroubleHasAStateAndEnds) {
  auto aisled = site.start_aisled();
  ASSERT_TRUE(site.wait_for_daemon().is_object()) << site.log();
  ASSERT_TRUE(broker->start());
  expect_recovery();

  expect_certificate_trouble({.from = -7200, .until = -3600}, "certificate expired", "renewed");
  expect_certificate_trouble({.from = 3600, .until = 7200}, "certificate not yet valid", "our clock");
  expect_certificate_trouble({.hosts = "DNS:mqtt.example"}, "certificate of another host", "mqtt.example");

  const fakes::Authority stranger(file("stranger"), "a stranger");
  stranger.issue(file("server"), "the broker");
  restart_broker();
  expect_trouble("certificate untrusted", "[sync] ca");
  good();
  restart_broker();
  expect_recovery();

  stranger.issue(file("gateway"), "s1/g1");
  restart_broker();
  expect_trouble("own certificate refused", "[sync] cert");
  good();
  expect_recovery();

  fakes::write_file(file("password"), "wrong\n");
  restart_broker();
  expect_trouble("not authorised", "[sync] username and password_file");
  fakes::write_file(file("password"), "");
  expect_trouble("credentials", "is empty");
  fakes::write_file(file("password"), "right\n");
  expect_recovery();

  between->silence();
  expect_trouble("silent", "keep-alive");
  expect_recovery();
  EXPECT_TRUE(aisled.running());
}

// Another client with the daemon's id on a broker that says nothing of it. Who that is cannot be known, but the fight
// ends: the daemon stays away for a while, and comes back when the rival has gone.
TEST_F(Connection, ARivalForTheClientId) {
  fakes::MosquittoBroker plain;
  ASSERT_TRUE(plain.start());
  site.configure({.port = plain.port(), .protocol = 3});
  auto aisled = site.start_aisled();
  ASSERT_TRUE(site.wait_for_daemon().is_object()) << site.log();
  expect_recovery();
  fakes::Command command;
  command.argv = {"/usr/bin/mosquitto_sub", "-p", std::to_string(plain.port()), "-i", "s1_g1", "-t", "x"};
  fakes::Process rival(command);
  expect_trouble("taken over", "s1_g1");
  const json sync = site.status()["sync"];
  EXPECT_GE(sync.value("disconnects", 0), 4);
  rival.kill_hard();
  const char* mode = std::getenv("AISLE_LONG");
  if (mode == nullptr || std::string(mode) != "yes") return;  // it takes up to 30 s
  expect_recovery();
  EXPECT_THAT(site.status()["sync"].value("detail", ""), HasSubstr("taken over so far: 1"));
}

// The name of the broker goes from the hosts file and comes back: in a mount namespace, where the test has a hosts file
// and a resolver of its own.
TEST_F(Connection, ANameThatIsGone) {
  if (fakes::run({"/usr/bin/unshare", "-rm", "true"}).exit != 0) GTEST_SKIP() << "needs mount namespaces (unshare -rm)";
  fakes::MosquittoBroker plain;
  ASSERT_TRUE(plain.start());
  site.configure({.port = plain.port(), .host = "broker.aisle-test"});
  const std::string known = "127.0.0.1 localhost broker.aisle-test\n";
  const std::string gone = "127.0.0.1 localhost\n";
  site.write("hosts", gone);
  site.write("resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
  auto aisled = site.start_aisled_within({"/usr/bin/unshare", "-rm", "/bin/sh", "-c",
                                          "mount --bind " + file("hosts") + " /etc/hosts && mount --bind " +
                                              file("resolv.conf") + " /etc/resolv.conf && exec \"$@\"",
                                          "sh"});
  ASSERT_TRUE(site.wait_for_daemon().is_object()) << site.log();
  expect_trouble("dns", "[sync] host");
  site.write("hosts", known);
  expect_recovery();
  site.write("hosts", gone);
  plain.stop();
  expect_trouble("dns", "broker.aisle-test");
  site.write("hosts", known);
  expect_trouble("refused", "check that the broker runs");
  ASSERT_TRUE(plain.start());
  expect_recovery();
}

}  // namespace
}  // namespace aisle::e2e
