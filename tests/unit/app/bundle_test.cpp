#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

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

TEST(SupportBundle, ADirectoryThatIsNotThereIsSaid) {
  const auto bundle = write_bundle("/nowhere/at/all", {}, {}, kNow);
  ASSERT_FALSE(bundle);
  EXPECT_THAT(bundle.error().message(), ::testing::HasSubstr("/nowhere/at/all"));
}

}  // namespace
}  // namespace aisle::app
