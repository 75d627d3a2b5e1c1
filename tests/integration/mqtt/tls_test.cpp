// The broker's certificate: what is wrong with it has a state of its own, and the next attempt succeeds once it is put
// right.
#include "sync/core/states.hpp"
#include "tests/fakes/stub_broker.hpp"
#include "tests/integration/mqtt/tls_fixture.hpp"

namespace aisle::sync {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST_F(TlsTest, ConnectsWhereTheCertificateNamesTheHost) {
  start();
  auto by_address = connected_client(secure("127.0.0.1", 3), {"a"});
  on_loop([&] { by_address->transport.publish(1, out("a", std::string(300'000, 'x'))); });
  EXPECT_TRUE(eventually([&] { return by_address->messages.size() == 1; }));
  on_loop([&] { by_address->transport.disconnect(); });
  EXPECT_TRUE(eventually([&] { return !by_address->ends.empty(); }));
  EXPECT_TRUE(connected_client(secure("localhost"))->connected);
}

TEST_F(TlsTest, AnotherAuthority) {
  start();
  auto with = secure();
  const fakes::Authority other(file("trusted"), "another authority");
  with.tls.ca = file("trusted.pem");
  EXPECT_EQ(attempt(with).state, state::kCertificateUntrusted);
  const auto waiting = clients.back();
  EXPECT_THAT(waiting->ends[0].detail, AllOf(HasSubstr("the broker"), HasSubstr("[sync] ca")));
  fakes::Authority namesake(file("namesake"), "test authority");
  with.tls.ca = file("namesake.pem");
  EXPECT_EQ(attempt(with).state, state::kCertificateUntrusted);  // of the same name, with another key
  with.tls.ca = "";                                              // the system's, which do not know it either
  EXPECT_EQ(attempt(with).state, state::kCertificateUntrusted);
  std::filesystem::copy_file(file("ca.pem"), file("trusted.pem"), std::filesystem::copy_options::overwrite_existing);
  EXPECT_TRUE(connects(waiting));
}

TEST_F(TlsTest, ABrokerThatSignedItsOwnCertificateIsTrustedWhenCaNamesIt) {
  start();
  auto with = secure();
  with.tls.ca = file("server.pem");
  EXPECT_TRUE(connected_client(with)->connected);
}

TEST_F(TlsTest, Expired) {
  start({.from = -7200, .until = -3600});
  EXPECT_EQ(attempt(secure()).state, state::kCertificateExpired);
  EXPECT_THAT(clients[0]->ends[0].detail, HasSubstr("expired at 20"));
  restart_with({});
  EXPECT_TRUE(connects(clients[0]));
}

TEST_F(TlsTest, NotYetValid) {
  start({.from = 3600, .until = 7200});
  EXPECT_EQ(attempt(secure()).state, state::kCertificateNotYetValid);
  EXPECT_THAT(clients[0]->ends[0].detail, HasSubstr("our clock says 20"));
  restart_with({});
  EXPECT_TRUE(connects(clients[0]));
}

TEST_F(TlsTest, AnExpiredAuthority) {
  const fakes::Authority old(file("ca"), "old authority", {.from = -7200, .until = -60});
  old.issue(file("server"), "the broker");
  fakes::MosquittoBroker aged({.lines = {"certfile " + file("server.pem"), "keyfile " + file("server.key")}});
  ASSERT_TRUE(aged.start());
  auto with = options(aged, "s1_g1");
  with.tls.enabled = true;
  with.tls.ca = file("ca.pem");
  EXPECT_EQ(attempt(with).state, state::kCertificateExpired);
  EXPECT_THAT(clients[0]->ends[0].detail, HasSubstr("old authority"));
}

TEST_F(TlsTest, OfAnotherHost) {
  start({.hosts = "DNS:mqtt.example,IP:10.0.0.1"});
  EXPECT_EQ(attempt(secure("localhost")).state, state::kCertificateOfAnotherHost);
  EXPECT_THAT(clients[0]->ends[0].detail, AllOf(HasSubstr("mqtt.example, 10.0.0.1"), HasSubstr("not for localhost")));
  EXPECT_EQ(attempt(secure("127.0.0.1")).state, state::kCertificateOfAnotherHost);
  restart_with({});
  EXPECT_TRUE(connects(clients[0]));
}

TEST_F(TlsTest, AnAuthorityThatCannotBeRead) {
  start();
  auto with = secure();
  with.tls.ca = file("missing.pem");
  EXPECT_EQ(attempt(with).state, state::kCredentials);
  EXPECT_THAT(clients[0]->ends[0].detail, AllOf(HasSubstr("[sync] ca"), HasSubstr("No such file")));
  with.tls.ca = file("server.key");
  EXPECT_THAT(attempt(with).detail, HasSubstr("holds no PEM certificate"));
}

TEST_F(TlsTest, APlainBrokerIsNotMistakenForASecureOne) {
  broker = std::make_unique<fakes::MosquittoBroker>();
  ASSERT_TRUE(broker->start());
  auto with = secure();
  EXPECT_EQ(attempt(with).state, state::kTls);
  EXPECT_THAT(clients[0]->ends[0].detail, HasSubstr("check that the broker speaks TLS"));
}

TEST_F(TlsTest, ASecureBrokerWithoutTlsIsNoBroker) {
  start();
  auto with = secure();
  with.tls = {};
  const Disconnected why = attempt(with);
  EXPECT_THAT(why.detail, HasSubstr("[sync] port"));
  EXPECT_NE(why.state, state::kOnline);
}

TEST_F(TlsTest, AnAlertOfTheBrokerIsExplained) {
  // A record of the kind alert (21), version 3.1, 2 bytes: fatal, protocol_version (RFC 5246, 7.2).
  const fakes::StubBroker old(std::string{"\x15\x03\x01\x00\x02\x02\x46", 7}, true);
  MosquittoOptions with;
  with.client_id = "s1_g1";
  with.port = old.port();
  with.tls.enabled = true;
  EXPECT_EQ(attempt(with).state, state::kTls);
  EXPECT_THAT(clients[0]->ends[0].detail, HasSubstr("TLS 1.2"));
}

}  // namespace
}  // namespace aisle::sync
