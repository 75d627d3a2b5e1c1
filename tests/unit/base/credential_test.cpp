#include "agent/base/credential.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/fakes/temp_dir.hpp"

namespace aisle {
namespace {

using ::testing::HasSubstr;

class CredentialTest : public ::testing::Test {
 protected:
  void SetUp() override { setenv("CREDENTIALS_DIRECTORY", directory.path().c_str(), 1); }
  void TearDown() override { unsetenv("CREDENTIALS_DIRECTORY"); }
  fakes::TempDir directory;
};

TEST_F(CredentialTest, APathIsItself) {
  EXPECT_EQ(source_path("/etc/aisle/key").value(), "/etc/aisle/key");
  EXPECT_FALSE(names_credential("/etc/aisle/key"));
}

TEST_F(CredentialTest, ANameLiesInTheDirectoryThatSystemdGave) {
  EXPECT_EQ(source_path("credential:mqtt.key").value(), directory.file("mqtt.key"));
}

TEST_F(CredentialTest, WithoutADirectoryTheUnitIsToBlame) {
  unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_THAT(source_path("credential:mqtt.key").error().message(), HasSubstr("LoadCredential=mqtt.key:"));
}

TEST_F(CredentialTest, ANameCannotLeaveTheDirectory) {
  for (const char* source :
       {"credential:", "credential:../x", "credential:..", "credential:a/b", "credential:a:b", "credential:a\nb"}) {
    EXPECT_FALSE(valid_source(source)) << source;
    EXPECT_FALSE(source_path(source)) << source;
  }
  EXPECT_TRUE(valid_source("credential:a..b"));
}

TEST_F(CredentialTest, ASecretIsTheFirstLine) {
  std::ofstream(directory.file("password")) << "s3 cret\r\nmore\n";
  EXPECT_EQ(read_secret("credential:password").value(), "s3 cret");
  std::ofstream(directory.file("bare")) << "no end";
  EXPECT_EQ(read_secret(directory.file("bare")).value(), "no end");
  std::ofstream(directory.file("empty")).flush();
  EXPECT_THAT(read_secret("credential:empty").error().message(), HasSubstr("is empty"));
  EXPECT_THAT(read_secret("credential:missing").error().message(), HasSubstr("No such file"));
}

}  // namespace
}  // namespace aisle
