// The download, from a real server.
#include "agent/update/fetch.hpp"

#include <httplib.h>

#include <thread>

#include "tests/unit/update/machine.hpp"

namespace aisle::update {
namespace {

using ::testing::HasSubstr;

const std::string kBytes(100'000, 'x');

class FetchTest : public ::testing::Test {
 protected:
  FetchTest() {
    const auto says = [](const std::string& text) {
      return [text](const httplib::Request&, httplib::Response& response) {
        response.set_content(text, "application/octet-stream");
      };
    };
    server.Get("/good.deb", says(kBytes));
    server.Get("/long.deb", says(kBytes + kBytes));
    server.Get("/other.deb", says(std::string(kBytes.size(), 'y')));
    server.Get("/late.deb", [this](const httplib::Request&, httplib::Response& response) {
      response.status = ++asked < 3 ? 503 : 200;
      if (asked >= 3) response.set_content(kBytes, "application/octet-stream");
    });
    port = server.bind_to_any_port("127.0.0.1");
    thread = std::thread([this] { server.listen_after_bind(); });
    // One that does not listen yet would not be stopped.
    while (!server.is_running()) std::this_thread::yield();
  }
  ~FetchTest() override {
    server.stop();
    thread.join();
  }
  [[nodiscard]] std::string url(const std::string& name) const {
    return fmt::format("http://127.0.0.1:{}/{}", port, name);
  }
  Outcome fetched(const std::string& name, const nlohmann::json& change = nlohmann::json::object()) {
    auto args = package_args(kBytes, "2.0-1");
    args.merge_patch(change);
    args["packages"][kTarget]["url"] = url(name);
    HandOver files(directory.file("state"), directory.file("own"));
    EXPECT_TRUE(files.offer(signed_command(args)));
    EXPECT_TRUE(files.request());
    EXPECT_EQ(fetch(files, {{"s1", "g1", kTarget, 1}, 3, [this](int) { ++pauses; }, [this] { return now; }}), true);
    return files.standing();
  }

  fakes::TempDir directory;
  httplib::Server server;
  std::thread thread;
  int port = 0, asked = 0, pauses = 0;
  UnixTime now = kNow;
};

TEST_F(FetchTest, WhatAPowerCutLeftGoes) {
  write(directory.file("state/update/.package.deb.123"), "half");
  EXPECT_EQ(fetched("good.deb").state, State::installing);
  EXPECT_FALSE(std::filesystem::exists(directory.file("state/update/.package.deb.123")));
}

TEST_F(FetchTest, OneDownloadAtATime) {
  HandOver files(directory.file("state"), directory.file("own"));
  ASSERT_TRUE(files.offer(signed_command(package_args(kBytes, "2.0-1"))));
  const auto other = files.lock();
  ASSERT_TRUE(other);
  ASSERT_TRUE(files.request());
  EXPECT_FALSE(fetch(files, {{"s1", "g1", kTarget, 1}, 1, [](int) {}, [this] { return now; }}));
  EXPECT_EQ(files.standing().state, State::fetching) << "it is the other one's";
}

TEST_F(FetchTest, APackageLiesReady) {
  EXPECT_EQ(fetched("good.deb").state, State::installing);
  EXPECT_EQ(text_of(directory.file("state/update/package.deb")), kBytes);
  EXPECT_FALSE(std::filesystem::exists(directory.file("state/update/request.json")));
  EXPECT_EQ(pauses, 0);
}

TEST_F(FetchTest, AServerThatIsBusyIsAskedAgain) {
  EXPECT_EQ(fetched("late.deb").state, State::installing);
  EXPECT_EQ(pauses, 2);
}

TEST_F(FetchTest, WhatIsNotThePackageIsRefused) {
  for (const auto& [name, why] :
       {std::pair{"long.deb", "longer"}, std::pair{"other.deb", "SHA-256"}, std::pair{"none.deb", "404"}}) {
    const auto outcome = fetched(name);
    EXPECT_EQ(outcome.state, State::refused);
    EXPECT_EQ(outcome.command, "u-1");
    EXPECT_THAT(outcome.why, HasSubstr(why));
    EXPECT_FALSE(std::filesystem::exists(directory.file("state/update/package.deb")));
  }
}

TEST_F(FetchTest, WhatIsNotFetchedEndsUnderItsId) {
  const auto other = fetched("late.deb", {{"rings", {0}}});
  EXPECT_EQ(other.command, "u-1");
  EXPECT_THAT(other.why, HasSubstr("deferred"));
  now += seconds{8 * 86'400};
  const auto late = fetched("late.deb");
  EXPECT_EQ(late.command, "u-1");
  EXPECT_THAT(late.why, HasSubstr("expired"));
  EXPECT_EQ(asked, 0);
}

}  // namespace
}  // namespace aisle::update
