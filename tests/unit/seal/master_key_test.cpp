#include "agent/seal/master_key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/fakes/process.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace aisle::seal {
namespace {

class MasterKeyFile : public testing::Test {
 protected:
  Result<MasterKey> read(const std::string& content) {
    fakes::write_file(dir_.file("key"), content);
    return read_master_key(dir_.file("key"));
  }
  fakes::TempDir dir_;
};

TEST_F(MasterKeyFile, IsTakenRawInHexAndInBase64) {
  const std::string raw = std::string("\n\0\r ", 4) + std::string(28, '\x9c');
  const auto key = read(raw);
  ASSERT_TRUE(key) << key.error().message();
  const auto bytes = std::as_bytes(std::span(raw));
  EXPECT_EQ(read(to_hex(bytes) + "\n")->id(), key->id());
  EXPECT_EQ(read("  " + to_base64(bytes) + "\r\n")->id(), key->id());
  EXPECT_NE(read(std::string(32, 'x'))->id(), key->id());
}

TEST_F(MasterKeyFile, AnythingElseIsRefusedWithoutShowingIt) {
  for (const std::string& content : {std::string(), std::string("secret"), std::string(32, 'a'), std::string(63, 'a'),
                                     std::string(64, 'g'), std::string(31, '\x9c'), std::string(5000, 'a')}) {
    const auto key = read(content);
    ASSERT_FALSE(key) << content.size();
    EXPECT_THAT(key.error().message(), testing::HasSubstr("a key of 32 bytes expected"));
    EXPECT_THAT(key.error().message(), testing::HasSubstr(dir_.file("key")));
    EXPECT_THAT(key.error().message(), testing::Not(testing::HasSubstr("secret")));
  }
  EXPECT_FALSE(read_master_key(dir_.file("none")));
}

TEST_F(MasterKeyFile, ACredentialIsOfSystemd) {
  fakes::write_file(dir_.file("master"), std::string(64, 'a'));
  setenv("CREDENTIALS_DIRECTORY", dir_.path().c_str(), 1);
  EXPECT_TRUE(read_master_key("credential:master"));
  unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_FALSE(read_master_key("credential:master"));
}

TEST_F(MasterKeyFile, AFileOnADiskIsSeen) {
  EXPECT_FALSE(rests_on_disk("credential:master"));
  EXPECT_TRUE(rests_on_disk("/proc/version"));
  EXPECT_FALSE(rests_on_disk("/dev/shm"));
}

TEST(MasterKey, KeysForEachPurposeDiffer) {
  const MasterKey key(random_key());
  EXPECT_NE(key.page_key(), key.frame_key());
  EXPECT_NE(key.page_key(), key.wrapper_key());
  EXPECT_NE(key.frame_key(), key.wrapper_key());
}

}  // namespace
}  // namespace aisle::seal
