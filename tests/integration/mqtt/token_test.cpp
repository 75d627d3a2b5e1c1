// Our key on a PKCS#11 token: SoftHSM's, in a directory of the test.
#include <p11-kit/p11-kit.h>

#include <array>
#include <cstdlib>
#include <filesystem>

#include "sync/core/states.hpp"
#include "sync/mqtt/pkcs11_session.hpp"
#include "sync/mqtt/pkcs11_token.hpp"
#include "tests/fakes/process.hpp"
#include "tests/integration/mqtt/tls_fixture.hpp"
#include "tests/integration/mqtt/tls_peer.hpp"

namespace aisle::sync {
namespace {

using ::testing::HasSubstr;

class TokenTest : public TlsTest {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(file("tokens"));
    std::ofstream(file("softhsm2.conf")) << "directories.tokendir = " << file("tokens") << "\n";
    setenv("SOFTHSM2_CONF", file("softhsm2.conf").c_str(), 1);
    std::ofstream(file("pin")) << "1234\n";
    softhsm({"--init-token", "--free", "--label", "aisle", "--pin", "1234", "--so-pin", "5678"});
  }
  void TearDown() override {
    TlsTest::TearDown();
    unsetenv("SOFTHSM2_CONF");
  }
  static void softhsm(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "/usr/bin/softhsm2-util");
    const auto done = fakes::run(arguments);
    ASSERT_EQ(done.exit, 0) << done.err;
  }
  // A certificate `name`.pem whose key is on the token, and nowhere else.
  void issue_on_token(const std::string& name, const std::string& id, bool rsa = false) {
    authority.issue(file(name), "s1/g1", {.rsa = rsa});
    softhsm({"--import", file(name + ".key"), "--token", "aisle", "--label", name, "--id", id, "--pin", "1234"});
    std::filesystem::remove(file(name + ".key"));
  }
  MosquittoOptions with_token(const std::string& name) {
    MosquittoOptions with;
    with.client_id = "s1_g1";
    if (broker) with.port = broker->port();
    with.tls.enabled = true;
    with.tls.ca = file("ca.pem");
    with.tls.cert = file(name + ".pem");
    with.tls.key = "pkcs11:token=aisle;object=" + name;
    with.tls.token_module = "/usr/lib/softhsm/libsofthsm2.so";
    with.tls.pin_file = file("pin");
    return with;
  }
};

TEST_F(TokenTest, KeysOfBothKindsSign) {
  start_mutual();
  issue_on_token("ec", "01");
  EXPECT_TRUE(connected_client(with_token("ec"))->connected);
  issue_on_token("rsa", "02", true);
  EXPECT_TRUE(connected_client(with_token("rsa"))->connected);
}

TEST_F(TokenTest, KeysOfBothKindsSignForTls1_2) {
  issue_on_token("ec", "01");
  issue_on_token("rsa", "02", true);
  authority.issue(file("server"), "the broker");
  for (const char* name : {"ec", "rsa"}) {
    TlsPeer peer(file("server"), TLS1_2_VERSION);
    auto with = with_token(name);
    with.port = peer.port();
    attempt(with);
    const TlsPeer::Seen seen = peer.seen();
    EXPECT_TRUE(seen.proven) << name;
    EXPECT_EQ(seen.version, TLS1_2_VERSION);
  }
}

TEST_F(TokenTest, TheModulesThatP11KitKnowsAreAskedWhereNoneIsNamed) {
  // Kept loaded to the end: what the machine's modules hold in memory of their own is no leak while they are there.
  [[maybe_unused]] static const auto modules = p11_kit_modules_load(nullptr, 0);
  start_mutual();
  issue_on_token("gateway", "01");
  auto with = with_token("gateway");
  with.tls.token_module = "";
  EXPECT_TRUE(connected_client(with)->connected);
}

TEST_F(TokenTest, ABlankTokenIsMadeReadyOnce) {
  const std::string module = "/usr/lib/softhsm/libsofthsm2.so";
  ASSERT_TRUE(ready_token(module, "fresh", "4321"));
  ASSERT_TRUE(ready_token(module, "fresh", "another")) << "it has a PIN, which stays";
  PinGuard guard;
  const auto session = Pkcs11Session::open_or_make({"pkcs11:token=fresh;object=gateway", module, "4321"}, guard);
  ASSERT_TRUE(session) << session.error().message();
  const std::array<unsigned char, 32> digest{};
  EXPECT_EQ((*session)->sign(TokenMechanism::ecdsa, digest.data(), digest.size()).size(), 64U);
  (*session)->close();
  EXPECT_TRUE((*session)->sign(TokenMechanism::ecdsa, digest.data(), digest.size()).empty());
}

TEST_F(TokenTest, AWrongPinIsTriedOnce) {
  start_mutual();
  issue_on_token("gateway", "01");
  std::ofstream(file("pin")) << "9999\n";
  EXPECT_EQ(attempt(with_token("gateway")).state, state::kCredentials);
  const auto c = clients[0];
  EXPECT_THAT(c->ends[0].detail, HasSubstr("does not let us log in"));
  on_loop([&] { c->transport.connect(std::nullopt); });
  ASSERT_TRUE(eventually([c] { return c->ends.size() == 2; }));
  EXPECT_THAT(c->ends[1].detail, HasSubstr("not tried again until pin_file holds another"));
  std::ofstream(file("pin")) << "1234\n";
  EXPECT_TRUE(connects(c));
}

TEST_F(TokenTest, ATokenThatIsUnpluggedAndComesBack) {
  start_mutual();
  issue_on_token("gateway", "01");
  auto c = connected_client(with_token("gateway"));
  std::filesystem::rename(file("tokens"), file("elsewhere"));
  std::filesystem::create_directory(file("tokens"));
  broker->stop();
  ASSERT_TRUE(eventually([c] { return c->ends.size() == 1; }));
  ASSERT_TRUE(broker->start());
  on_loop([&] { c->transport.connect(std::nullopt); });
  ASSERT_TRUE(eventually([c] { return c->ends.size() == 2; }));
  EXPECT_EQ(c->ends[1].state, state::kCredentials);
  EXPECT_THAT(c->ends[1].detail, HasSubstr("no such token is there"));
  std::filesystem::remove(file("tokens"));
  std::filesystem::rename(file("elsewhere"), file("tokens"));
  EXPECT_TRUE(connects(c));
}

TEST_F(TokenTest, WhatDoesNotBelongOrIsNotThereIsSaid) {
  start_mutual();
  issue_on_token("gateway", "01");
  issue_on_token("other", "02");
  auto with = with_token("gateway");
  const auto said = [&] {
    const Disconnected why = attempt(with);
    EXPECT_EQ(why.state, state::kCredentials);
    return why.detail;
  };
  with.tls.key = "pkcs11:token=aisle;object=other";
  EXPECT_THAT(said(), HasSubstr("not for the certificate"));
  with.tls.key = "pkcs11:token=aisle;object=nothing";
  EXPECT_THAT(said(), HasSubstr("holds no such private key"));
  with.tls.key = "pkcs11:token=%zz";
  EXPECT_THAT(said(), HasSubstr("no PKCS#11 URI"));
  with.tls.token_module = file("missing.so");
  with.tls.key = "pkcs11:token=aisle;object=gateway";
  EXPECT_THAT(said(), HasSubstr("missing.so"));
}

}  // namespace
}  // namespace aisle::sync
