// Whose updates root installs, and for which gateway.
#include "agent/update/trust.hpp"

#include "tests/unit/update/machine.hpp"

namespace aisle::update {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class TrustTest : public ::testing::Test {
 protected:
  TrustTest() { fs::create_directory(directory.file("etc")); }
  fakes::TempDir directory;
  const std::string path = directory.file("etc/update.key");
};

TEST_F(TrustTest, WhatIsWrittenIsRead) {
  ASSERT_TRUE(write_trust(path, {ed25519_public(kSeed), "s1", "g1"}));
  const auto read = read_trust(path);
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->key, ed25519_public(kSeed));
  EXPECT_EQ(read->store, "s1");
  EXPECT_EQ(read->gateway, "g1");
  EXPECT_EQ(fs::status(path).permissions(), static_cast<fs::perms>(0644)) << "the daemon looks at it too";
}

TEST_F(TrustTest, AKeyAloneIsForNobody) {
  const std::string key = to_hex(ed25519_public(kSeed));
  for (const auto& text : {key + "\n", "key " + key + "\nstore s1\n", "key " + key + "\nstore s1\ngateway ..\n",
                           std::string("key 00\nstore s1\ngateway g1\n"), std::string()}) {
    const auto trust = parse_trust(text);
    ASSERT_FALSE(trust) << text;
    EXPECT_THAT(trust.error().message(), HasSubstr("sudo aislectl update trust"));
  }
}

TEST_F(TrustTest, AKeyThatOthersMayWriteIsNotTrusted) {
  ASSERT_TRUE(write_trust(path, {ed25519_public(kSeed), "s1", "g1"}));
  ASSERT_TRUE(read_trust(path));
  EXPECT_FALSE(read_trust(path, geteuid() + 1));
  fs::permissions(path, fs::perms::group_write, fs::perm_options::add);
  EXPECT_FALSE(read_trust(path));
  fs::permissions(path, fs::perms::group_write, fs::perm_options::remove);
  fs::permissions(directory.file("etc"), fs::perms::others_write, fs::perm_options::add);
  EXPECT_FALSE(read_trust(path));
}

}  // namespace
}  // namespace aisle::update
