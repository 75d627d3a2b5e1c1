// The key is made in a TPM 2.0 and stays there: swtpm's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "tests/e2e/provision/depot.hpp"
#include "tests/fakes/software_tpm.hpp"

namespace aisle::e2e {
namespace {

using ::testing::HasSubstr;

class InTpm : public ::testing::Test {
 protected:
  void SetUp() override {
    prepare(site);
    use_tpm("tpm");
    // tpm2-pkcs11 1.9 leaks a public key's 66 bytes each time it is loaded; for builds that count that.
    setenv("LSAN_OPTIONS", ("suppressions=" + site.write("leaks", "leak:ASN1_STRING_set\n")).c_str(), 1);
    depot.add_claim("g7", "once");
    depot.add_claim("g8", "second");
    ASSERT_EQ(depot.start(), "");
  }
  void TearDown() override {
    unsetenv("TPM2_PKCS11_TCTI");
    unsetenv("LSAN_OPTIONS");
  }
  // The machine's TPM is the one with this state from now on.
  void use_tpm(const std::string& name) {
    tpm.reset();
    tpm = std::make_unique<fakes::SoftwareTpm>(site.file(name));
    ASSERT_NE(tpm->tcti(), "");
    setenv("TPM2_PKCS11_TCTI", tpm->tcti().c_str(), 1);
  }
  fakes::Finished provision_there() {
    return provision(site, {"--claim", depot.claim_for(site, "g7", "once"), "--key", "tpm", "--json"});
  }
  // As after a move of the card.
  void be_another_machine() {
    use_tpm("other");
    for (const char* mark : {"/machine", "/tpm/machine"})
      fakes::write_file(site.state_dir() + mark, std::string(64, '7') + "\n");
  }
  std::string pin() { return fakes::read_file(site.state_dir() + "/tpm/pin"); }
  Depot depot;
  Site site;
  std::unique_ptr<fakes::SoftwareTpm> tpm;
};

TEST_F(InTpm, TheKeyIsMadeAndUsedAndRenewedThere) {
  const auto done = provision_there();
  ASSERT_EQ(done.exit, 0) << done.err;
  EXPECT_FALSE(std::filesystem::exists(site.state_dir() + "/identity/current/gateway.key"));
  struct stat store {};
  ASSERT_EQ(stat((site.state_dir() + "/tpm").c_str(), &store), 0);
  EXPECT_EQ(store.st_mode & 0777U, 0700U);
  const auto again = provision_there();
  EXPECT_FALSE(json::parse(again.out)["changed"]) << again.err;

  auto aisled = site.start_aisled();
  EXPECT_EQ(wait_for_state(site, "online")["gateway"], "g7") << site.log();
  const auto renewed = provision(site, {"--renew", "--now", "--json"});
  ASSERT_EQ(renewed.exit, 0) << renewed.err;
  EXPECT_EQ(key_of(renewed), key_of(done));
  EXPECT_EQ(site.status()["sync"]["connects"], 1);
}

TEST_F(InTpm, AnotherTpmHasNoUseForIt) {
  ASSERT_EQ(provision_there().exit, 0);
  use_tpm("other");
  const auto renewed = provision(site, {"--renew", "--now"});
  EXPECT_EQ(renewed.exit, 1);
  EXPECT_THAT(renewed.err, HasSubstr("pkcs11:token=aisle;object=gateway"));
  std::filesystem::remove_all(site.state_dir() + "/identity");
  const auto anew = provision_there();
  EXPECT_EQ(anew.exit, 1);
  EXPECT_THAT(anew.err, HasSubstr("is not of this TPM"));
}

TEST_F(InTpm, OnAnotherMachineEachAttemptGoesOnWithTheSameKey) {
  ASSERT_EQ(provision_there().exit, 0);
  const std::string before = pin();
  be_another_machine();
  EXPECT_EQ(provision(site, {"--claim", depot.claim_for(site, "g8", "wrong"), "--key", "tpm"}).exit, 1);
  const std::string made = pin();
  EXPECT_NE(made, before);
  const auto done = provision(site, {"--claim", depot.claim_for(site, "g8", "second"), "--key", "tpm"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_EQ(pin(), made);
}

TEST_F(InTpm, WhatMakesNoKeyTakesNone) {
  for (const char* mode : {"--renew", "--rollback", "--this-machine"}) {
    const auto refused = provision(site, {mode, "--key", "tpm"});
    EXPECT_EQ(refused.exit, 2);
    EXPECT_THAT(refused.err, HasSubstr("--key")) << mode;
  }
  EXPECT_FALSE(std::filesystem::exists(site.state_dir() + "/tpm"));
}

TEST_F(InTpm, WithoutATpmNothingIsMade) {
  setenv("TPM2_PKCS11_TCTI", "swtpm:host=127.0.0.1,port=1", 1);
  const auto refused = provision_there();
  EXPECT_EQ(refused.exit, 1);
  EXPECT_THAT(refused.err, HasSubstr("the TPM does not serve us"));
  EXPECT_EQ(configured(site, "store.gateway"), "g1");
}

}  // namespace
}  // namespace aisle::e2e
