// Mutual TLS, credentials of systemd, the versions and the protocol that are offered.
#include <openssl/ssl.h>

#include <cstdlib>
#include <future>

#include "sync/core/states.hpp"
#include "tests/integration/mqtt/tls_fixture.hpp"
#include "tests/integration/mqtt/tls_peer.hpp"

namespace aisle::sync {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST_F(TlsTest, ABrokerThatWantsACertificateGetsOurs) {
  start_mutual();
  authority.issue(file("gateway"), "s1/g1");
  EXPECT_TRUE(connected_client(with_own("gateway"))->connected);
}

TEST_F(TlsTest, WithoutAnOwnCertificateTheBrokersRefusalSaysSo) {
  start_mutual();
  EXPECT_EQ(attempt(secure()).state, state::kOwnCertificateRefused);
  EXPECT_THAT(clients[0]->ends[0].detail, HasSubstr("[sync] cert"));
}

TEST_F(TlsTest, AnOwnCertificateThatTheBrokerRefusesIsReplacedWithoutARestart) {
  start_mutual();
  const fakes::Authority other(file("other"), "another authority");
  other.issue(file("gateway"), "s1/g1");
  EXPECT_EQ(attempt(with_own("gateway")).state, state::kOwnCertificateRefused);
  EXPECT_THAT(clients[0]->ends[0].detail, HasSubstr("\"s1/g1\""));
  authority.issue(file("gateway"), "s1/g1", {.from = -7200, .until = -3600});
  EXPECT_EQ(attempt(with_own("gateway")).state, state::kOwnCertificateRefused);
  EXPECT_THAT(clients[1]->ends[0].detail, HasSubstr("check [sync] cert"));  // why is in an alert, which may get lost
  authority.issue(file("gateway"), "s1/g1");
  EXPECT_TRUE(connects(clients[0]));
}

TEST_F(TlsTest, AKeyOfAnotherCertificateIsFoundBeforeConnecting) {
  start_mutual();
  authority.issue(file("gateway"), "s1/g1");
  authority.issue(file("another"), "s1/g2");
  auto with = with_own("gateway");
  with.tls.key = file("another.key");
  EXPECT_EQ(attempt(with).state, state::kCredentials);
  EXPECT_THAT(clients[0]->ends[0].detail, AllOf(HasSubstr("[sync] key"), HasSubstr("does not belong")));
  with.tls.key = file("missing.key");
  EXPECT_THAT(attempt(with).detail, AllOf(HasSubstr("[sync] key"), HasSubstr("No such file")));
}

TEST_F(TlsTest, KeysAndPasswordsComeFromSystemdsCredentials) {
  authority.issue(file("gateway"), "s1/g1");
  authority.issue(file("server"), "the broker");
  broker = std::make_unique<fakes::MosquittoBroker>(
      fakes::BrokerOptions{.users = {{"s1/g1", "secret"}},
                           .lines = {"certfile " + file("server.pem"), "keyfile " + file("server.key"),
                                     "cafile " + file("ca.pem"), "require_certificate true"}});
  ASSERT_TRUE(broker->start());
  std::ofstream(file("password")) << "secret\r\n";
  auto with = secure();
  with.tls.ca = "credential:ca.pem";
  with.tls.cert = "credential:gateway.pem";
  with.tls.key = "credential:gateway.key";
  with.username = "s1/g1";
  with.password_file = "credential:password";
  unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_EQ(attempt(with).state, state::kCredentials);
  EXPECT_THAT(clients[0]->ends[0].detail, HasSubstr("LoadCredential="));
  setenv("CREDENTIALS_DIRECTORY", directory.path().c_str(), 1);
  EXPECT_TRUE(connects(clients[0]));
  unsetenv("CREDENTIALS_DIRECTORY");
}

TEST_F(TlsTest, OffersTheProtocolOfTheConfiguration) {
  authority.issue(file("server"), "the broker");
  TlsPeer peer(file("server"), TLS1_3_VERSION);
  MosquittoOptions with;
  with.client_id = "s1_g1";
  with.port = peer.port();
  with.tls.enabled = true;
  with.tls.ca = file("ca.pem");
  with.tls.alpn = "x-amzn-mqtt-ca";
  attempt(with);
  const TlsPeer::Seen seen = peer.seen();
  EXPECT_TRUE(seen.done);
  EXPECT_EQ(seen.offered, "\x0ex-amzn-mqtt-ca");
  EXPECT_EQ(seen.version, TLS1_3_VERSION);
}

TEST_F(TlsTest, Speaks1_2AndNothingOlder) {
  authority.issue(file("server"), "the broker");
  MosquittoOptions with;
  with.client_id = "s1_g1";
  with.tls.enabled = true;
  with.tls.ca = file("ca.pem");
  TlsPeer modern(file("server"), TLS1_2_VERSION);
  with.port = modern.port();
  attempt(with);
  EXPECT_TRUE(modern.seen().done);
  TlsPeer old(file("server"), TLS1_1_VERSION);
  with.port = old.port();
  EXPECT_EQ(attempt(with).state, state::kTls);
  EXPECT_FALSE(old.seen().done);
}

}  // namespace
}  // namespace aisle::sync
