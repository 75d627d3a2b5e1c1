// What root reads of a directory that is another's.
#include <sys/stat.h>

#include "agent/update/database_copy.hpp"
#include "agent/update/folder.hpp"
#include "tests/unit/update/machine.hpp"

namespace aisle::update {
namespace {

namespace fs = std::filesystem;

class FolderTest : public ::testing::Test {
 protected:
  FolderTest() { write(directory.file("in/plain"), "text"); }
  [[nodiscard]] Folder folder() const { return Folder::open(directory.file("in")).value(); }
  fakes::TempDir directory;
};

TEST_F(FolderTest, OnlyPlainFilesAreRead) {
  write(directory.file("secret"), "secret");
  fs::create_symlink(directory.file("secret"), directory.file("in/link"));
  fs::create_hard_link(directory.file("secret"), directory.file("in/hard"));
  fs::create_directory(directory.file("in/folder"));
  ASSERT_EQ(mkfifo(directory.file("in/pipe").c_str(), 0600), 0);
  EXPECT_EQ(folder().read("plain", 100), "text");
  EXPECT_FALSE(folder().read("plain", 3));
  for (const char* name : {"link", "hard", "folder", "pipe", "none"}) EXPECT_FALSE(folder().read(name, 100)) << name;
}

TEST_F(FolderTest, ALinkIsNoFolder) {
  fs::create_directory_symlink(directory.file("in"), directory.file("other"));
  EXPECT_FALSE(Folder::open(directory.file("other")));
  fs::create_directory_symlink("/etc", directory.file("in/update"));
  EXPECT_FALSE(folder().below("update"));
}

TEST_F(FolderTest, WhatIsCopiedInReplacesALinkAndNotWhereItLeads) {
  write(directory.file("victim"), "whole");
  write(directory.file("copy"), "copied");
  for (const char* name : {"aisle.db", ".aisle.db.new"})
    fs::create_symlink(directory.file("victim"), directory.file(std::string("in/") + name));
  ASSERT_TRUE(folder().copy_in(directory.file("copy"), "aisle.db"));
  EXPECT_EQ(text_of(directory.file("victim")), "whole");
  EXPECT_EQ(folder().read("aisle.db", 100), "copied");
}

TEST_F(FolderTest, NoMoreIsCopiedOutThanWasPromised) {
  EXPECT_EQ(folder().copy_out("plain", directory.file("copy"), 4), 4U);
  EXPECT_EQ(text_of(directory.file("copy")), "text");
  // Behind a hole of any length is nothing but zeros.
  fs::resize_file(directory.file("in/plain"), 1U << 30U);
  EXPECT_FALSE(folder().copy_out("plain", directory.file("copy"), 100'000));
  EXPECT_LE(fs::file_size(directory.file("copy")), 100'000U);
}

// A mark of the newer one beside it would say that the older one has lost something.
TEST_F(FolderTest, TheMarkGoesWithItsDatabase) {
  write(directory.file("in/aisle.db"), "old");
  write(directory.file("in/aisle.db.mark"), "old mark");
  DatabaseCopy copy(directory.file("in"), directory.file("copy"));
  ASSERT_TRUE(copy.take(100));
  write(directory.file("in/aisle.db"), "new");
  write(directory.file("in/aisle.db.mark"), "new mark");
  ASSERT_TRUE(copy.put_back("2.0-1"));
  EXPECT_EQ(text_of(directory.file("in/aisle.db.mark")), "old mark");
  EXPECT_EQ(text_of(directory.file("in/aisle.db.of-2.0-1.mark")), "new mark");
  fs::remove(directory.file("copy/aisle.db.mark"));
  ASSERT_TRUE(copy.put_back("2.0-1"));
  EXPECT_FALSE(fs::exists(directory.file("in/aisle.db.mark"))) << "of a copy that had none";
}

TEST_F(FolderTest, ADatabaseThatGrewMeanwhileIsNotCopied) {
  write(directory.file("in/aisle.db"), "data");
  write(directory.file("in/aisle.db-wal"), "log");
  DatabaseCopy copy(directory.file("in"), directory.file("copy"));
  EXPECT_EQ(copy.size(), 7U);
  EXPECT_TRUE(copy.take(7));
  EXPECT_FALSE(copy.take(6)) << "all its files together";
  fs::resize_file(directory.file("in/aisle.db"), std::uint64_t{2} << 40U);
  EXPECT_FALSE(copy.size()) << "no room can be compared with that";
}

}  // namespace
}  // namespace aisle::update
