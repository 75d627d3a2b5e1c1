// What the service manager hears from the daemon: the test is the manager, over a real notification socket.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>

#include "tests/e2e/agent/shop.hpp"

namespace aisle::e2e {
namespace {

// Receives what sd_notify(3) sends.
class Manager {
 public:
  explicit Manager(const std::string& path) : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    bound_ = bind(fd_, static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof address) == 0;
  }
  ~Manager() { close(fd_); }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  [[nodiscard]] bool bound() const { return bound_; }
  // How many messages so far hold this text.
  std::size_t count(std::string_view text) {
    std::array<char, 4096> buffer{};
    for (;;) {
      const auto got = recv(fd_, buffer.data(), buffer.size(), 0);
      if (got <= 0) break;
      heard_.emplace_back(buffer.data(), static_cast<std::size_t>(got));
    }
    std::size_t found = 0;
    for (const auto& message : heard_) found += message.find(text) != std::string::npos ? 1U : 0U;
    return found;
  }
  [[nodiscard]] bool hears(std::string_view text, std::size_t times = 1) {
    return fakes::eventually([&] { return count(text) >= times; });
  }

 private:
  int fd_;
  bool bound_ = false;
  std::vector<std::string> heard_;
};

class Supervision : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(manager_.bound());
    ASSERT_TRUE(shop_.broker.start());
    Settings setup;
    setup.speed = 1;
    shop_.stock({3, 30, 600, 2}, setup);
  }
  void start() {
    aisled_ = shop_.site.start_aisled_within(
        {"/usr/bin/env", "NOTIFY_SOCKET=" + shop_.site.file("notify"), "WATCHDOG_USEC=200000"});
  }

  Shop shop_;
  Manager manager_{shop_.site.file("notify")};
  fakes::Process aisled_;
};

TEST_F(Supervision, IsReadyWithItsStatesKnown) {
  start();
  ASSERT_TRUE(manager_.hears("READY=1")) << shop_.site.log();
  EXPECT_EQ(manager_.count("READY=1\nSTATUS=radio: "), 1U);
  EXPECT_EQ(manager_.count("READY=1\nSTATUS=radio: starting"), 0U);
  EXPECT_TRUE(manager_.hears("cloud: online"));
}

TEST_F(Supervision, IsReadyWithoutABroker) {
  shop_.broker.kill_hard();
  start();
  ASSERT_TRUE(manager_.hears("READY=1")) << shop_.site.log();
  EXPECT_TRUE(manager_.hears("cloud: refused"));
}

TEST_F(Supervision, AReloadBeginsAndEndsWhetherTheFileIsValidOrNot) {
  start();
  ASSERT_TRUE(manager_.hears("READY=1")) << shop_.site.log();
  const auto good = fakes::read_file(shop_.site.file("aisle.toml"));
  shop_.site.write("aisle.toml", good + "\n[log]\nlevel = \"debug\"\n");
  aisled_.signal(SIGHUP);
  ASSERT_TRUE(manager_.hears("RELOADING=1\nMONOTONIC_USEC="));
  ASSERT_TRUE(manager_.hears("READY=1", 2));
  EXPECT_NE(shop_.site.log().find("reloaded: log.level"), std::string::npos);

  shop_.site.write("aisle.toml", good + "\n[log]\nlevel = \"loud\"\n");
  aisled_.signal(SIGHUP);
  ASSERT_TRUE(manager_.hears("READY=1", 3));
  EXPECT_NE(shop_.site.log().find("the configuration was not reloaded"), std::string::npos);
  EXPECT_EQ(shop_.site.status()["sync"]["connects"], 1);
}

TEST_F(Supervision, TheWatchdogIsFedUntilTheLoopStands) {
  start();
  ASSERT_TRUE(manager_.hears("WATCHDOG=1", 5)) << shop_.site.log();
  aisled_.signal(SIGSTOP);
  manager_.count("");
  const auto fed = manager_.count("WATCHDOG=1");
  ASSERT_FALSE(fakes::eventually([&] { return manager_.count("WATCHDOG=1") > fed + 1; }, std::chrono::seconds(1)));
  aisled_.signal(SIGCONT);
  EXPECT_TRUE(manager_.hears("WATCHDOG=1", fed + 3));
}

TEST_F(Supervision, SaysThatItStops) {
  start();
  ASSERT_TRUE(manager_.hears("READY=1")) << shop_.site.log();
  aisled_.signal(SIGTERM);
  EXPECT_TRUE(manager_.hears("STOPPING=1"));
  EXPECT_EQ(aisled_.wait(), 0) << shop_.site.log();
}

}  // namespace
}  // namespace aisle::e2e
