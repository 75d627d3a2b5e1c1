#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "agent/app/secrets.hpp"
#include "agent/app/support_bundle.hpp"
#include "agent/base/sha256.hpp"
#include "tests/fakes/process.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace aisle::app {
namespace {

constexpr UnixTime kNow{seconds{1'800'000'000}};

TEST(SupportBundle, IsATarThatOthersRead) {
  const fakes::TempDir directory;
  const std::string long_text(1500, 'x');
  const auto bundle =
      write_bundle(directory.file(""), {{"a.json", "{}"}, {"log.txt", long_text}, {"empty", ""}}, {}, kNow);
  ASSERT_TRUE(bundle) << bundle.error().message();
  const std::string path = (*bundle)["path"];
  EXPECT_EQ(fakes::run({"/usr/bin/tar", "tf", path}).out, "a.json\nlog.txt\nempty\n");
  EXPECT_EQ(fakes::run({"/usr/bin/tar", "xOf", path, "log.txt"}).out, long_text);
  const std::string content = fakes::read_file(path);
  EXPECT_EQ((*bundle)["bytes"], content.size());
  EXPECT_EQ((*bundle)["sha256"], to_hex(sha256(content)));
  EXPECT_EQ(std::filesystem::status(path).permissions() & std::filesystem::perms::all,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(SupportBundle, HoldsNoSecretAndOnlyTheNewestAreKept) {
  const fakes::TempDir directory;
  for (int i = 0; i < 5; ++i) {
    const auto bundle = write_bundle(directory.file(""), {{"log.txt", "hunter2 c0:00:00:00:01:2a"}}, {"hunter2"}, kNow);
    ASSERT_TRUE(bundle);
    const std::string content = fakes::read_file((*bundle)["path"]);
    EXPECT_EQ(content.find("hunter2"), std::string::npos);
    EXPECT_EQ(content.find("c0:00"), std::string::npos);
  }
  const auto count = [&] {
    return std::distance(std::filesystem::directory_iterator(directory.file("")),
                         std::filesystem::directory_iterator());
  };
  EXPECT_EQ(count(), 3);
  remove_bundles(directory.file(""), 0);
  EXPECT_EQ(count(), 0);
}

TEST(SupportBundle, EverySecretThatTheConfigurationLeadsToIsKnown) {
  const fakes::TempDir directory;
  const auto file = [&](const char* name, const std::string& text) {
    fakes::write_file(directory.file(name), text);
    return directory.file(name);
  };
  config::Config config;
  config.store = {"s1", "g1", "UTC"};
  config.sync.username = "access-token";
  config.sync.password_file = file("password", "correct horse\n");
  config.sync.key = file("key", "-----BEGIN PRIVATE KEY-----\nMHcCAQEEIBase64OfIt\n-----END PRIVATE KEY-----\n");
  config.sync.pin_file = file("pin", "4711\n");
  config.privacy.master_key = file("master", std::string(32, 'k'));
  EXPECT_THAT(known_secrets(config),
              ::testing::UnorderedElementsAre("access-token", "correct horse", "MHcCAQEEIBase64OfIt", "4711",
                                              std::string(32, 'k'),
                                              "6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b",
                                              "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="));
  config = {};
  config.store = {"s1", "g1", "UTC"};
  config.sync.username = "s1/g1";  // everybody's knowledge
  config.sync.key = "pkcs11:token=aisle";
  config.sync.password_file = "/nowhere";
  EXPECT_THAT(known_secrets(config), ::testing::IsEmpty());
}

TEST(SupportBundle, ADirectoryThatIsNotThereIsSaid) {
  const auto bundle = write_bundle("/nowhere/at/all", {}, {}, kNow);
  ASSERT_FALSE(bundle);
  EXPECT_THAT(bundle.error().message(), ::testing::HasSubstr("/nowhere/at/all"));
}

}  // namespace
}  // namespace aisle::app
