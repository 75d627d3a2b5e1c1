#include "agent/provision/machine.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/fakes/temp_dir.hpp"

namespace aisle::provision {
namespace {

class Machine : public ::testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) const {
    const auto file = root.path() / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
  }
  [[nodiscard]] std::optional<std::string> identity() const { return machine_identity(root.path().string()); }
  fakes::TempDir root;
};

TEST_F(Machine, TheBoardGoesOverTheCard) {
  EXPECT_EQ(identity(), std::nullopt);
  write("etc/machine-id", "uninitialized\n");
  EXPECT_EQ(identity(), std::nullopt);
  write("var/lib/dbus/machine-id", "00112233445566778899aabbccddeeff\n");
  const auto without_systemd = identity();
  EXPECT_TRUE(without_systemd);
  write("etc/machine-id", "0123456789abcdef0123456789abcdef\n");
  const auto by_card = identity();
  ASSERT_TRUE(by_card);
  EXPECT_NE(by_card, without_systemd);
  EXPECT_EQ(by_card->find("0123456789abcdef"), std::string::npos);
  write("sys/firmware/devicetree/base/serial-number", std::string("100000001234abcd\0", 17));
  const auto by_board = identity();
  EXPECT_NE(by_board, by_card);
  write("etc/machine-id", "ffffffffffffffffffffffffffffffff\n");
  EXPECT_EQ(identity(), by_board);
}

TEST_F(Machine, AStateDirectoryKnowsWhereItWasBound) {
  const std::string state = root.path().string();
  const std::optional<std::string> here("aa"), elsewhere("bb");
  EXPECT_EQ(where_bound(state, here), Bound::none);
  EXPECT_EQ(where_bound(state, std::nullopt), Bound::here) << "nothing can be told";
  ASSERT_TRUE(bind_machine(state, std::nullopt));
  EXPECT_EQ(where_bound(state, here), Bound::none);
  ASSERT_TRUE(bind_machine(state, here));
  EXPECT_EQ(where_bound(state, here), Bound::here);
  EXPECT_EQ(where_bound(state, elsewhere), Bound::elsewhere);
  EXPECT_EQ(where_bound(state, std::nullopt), Bound::here);
}

}  // namespace
}  // namespace aisle::provision
