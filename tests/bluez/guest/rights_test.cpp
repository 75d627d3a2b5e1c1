// The daemon as a user of its own, on a bus with the policies of a real system bus and of BlueZ: what it may do, and
// that status says what it may not.
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <fstream>

#include "tests/bluez/guest/air.hpp"
#include "tests/bluez/guest/world.hpp"

namespace aisle::rig {
namespace {

constexpr std::uint32_t kUser = 1;  // "daemon", on every Debian

std::string bluez_policy() {
  const std::string tree = std::getenv("AISLE_RIG_BLUEZ");
  for (const char* folder : {"/usr/share", "/etc"}) {
    std::string file = tree + folder + "/dbus-1/system.d/bluetooth.conf";
    if (std::ifstream(file)) return file;
  }
  return {};
}

// As dbus-daemon's own system.conf, and then BlueZ's.
std::string system_policy(const std::string& more) {
  return R"(<allow user="*"/><deny own="*"/><deny send_type="method_call"/>
    <allow send_destination="org.freedesktop.DBus"/>
  </policy>
  <include>)" +
         bluez_policy() + "</include>" + more + R"(<policy context="default">)";
}

constexpr const char* kOnlyRoot = R"(<policy context="default"><deny send_destination="org.bluez"/></policy>)"
                                  R"(<policy user="root"><allow send_destination="org.bluez"/></policy>)";
// What a package adds for its user where the system's owner has forbidden BlueZ to everybody.
constexpr const char* kOurUser = R"(<policy user="daemon"><allow send_destination="org.bluez"/></policy>)";

class Rights : public testing::TestWithParam<const char*> {
 protected:
  void start(const std::string& policy, bool may_hear, const std::string& state = "hearing") {
    auto options = options_of(GetParam());
    options.experimental = true;
    options.policy = system_policy(policy);
    options.user = kUser;
    options.wrapper = {"/usr/bin/setpriv", "--reuid=1", "--regid=1", "--clear-groups", "--no-new-privs"};
    const std::string right = may_hear ? "+net_raw" : "";
    options.wrapper.push_back("--bounding-set=-all" + (may_hear ? "," + right : ""));
    options.wrapper.push_back("--inh-caps=-all" + (may_hear ? "," + right : ""));
    if (may_hear) options.wrapper.push_back("--ambient-caps=" + right);
    options.state = state;
    world_ = std::make_unique<World>(options);
    ASSERT_EQ(world_->start(), "");
    air_ = std::make_unique<Air>(world_->controller());
    air_->arrive({1});
  }
  void TearDown() override { air_.reset(); }
  [[nodiscard]] bool finds_the_customer() const {
    return eventually([&] { return !world_->shop().feed_of("zone.entered").empty(); }, kHealing);
  }
  [[nodiscard]] std::string detail() const { return world_->source().value("detail", ""); }
  [[nodiscard]] static bool from_kernel() { return std::string(GetParam()) != "bluez"; }
  [[nodiscard]] bool scans(const std::string& mode) const {
    return eventually([&] { return world_->source()["scanning"].value("mode", "") == mode; }, kHealing);
  }

  std::unique_ptr<World> world_;
  std::unique_ptr<Air> air_;
};

TEST_P(Rights, AUserWithOneCapabilityHears) {
  start("", true);
  EXPECT_TRUE(finds_the_customer()) << world_->trouble();
  EXPECT_EQ(detail().find("from the kernel") != std::string::npos, from_kernel()) << detail();
  // bluetoothd may call us back.
  EXPECT_TRUE(scans(std::string(GetParam()) == "hci_passive" ? "passive" : "active+monitor")) << world_->trouble();
}

TEST_P(Rights, WithoutTheCapabilityItHearsThroughBluezAndSaysWhy) {
  start("", false);
  EXPECT_TRUE(finds_the_customer()) << world_->trouble();
  EXPECT_EQ(detail().find("CAP_NET_RAW") != std::string::npos, from_kernel()) << detail();
  EXPECT_TRUE(scans("active+monitor")) << world_->trouble();
}

TEST_P(Rights, APolicyForOurUserIsEnough) {
  start(std::string(kOnlyRoot) + kOurUser, true);
  EXPECT_TRUE(finds_the_customer()) << world_->trouble();
  world_->end_bluetoothd(SIGKILL);
  EXPECT_TRUE(world_->reaches("no bluetoothd"));
  world_->start_bluetoothd();
  EXPECT_TRUE(world_->reaches("hearing")) << world_->trouble();
  EXPECT_TRUE(world_->hears_more()) << world_->trouble();
}

TEST_P(Rights, WithoutAPolicyItIsNotAllowed) {
  start(kOnlyRoot, true, "not allowed");
  EXPECT_NE(detail().find("policy"), std::string::npos) << detail();
  EXPECT_EQ(world_->source()["scanning"].value("mode", ""), "none");
}

INSTANTIATE_TEST_SUITE_P(Sources, Rights, testing::Values("bluez", "hci", "hci_passive"),
                         [](const auto& source) { return std::string(source.param); });

}  // namespace
}  // namespace aisle::rig
