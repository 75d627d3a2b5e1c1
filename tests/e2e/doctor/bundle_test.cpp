// A support bundle is searched for every secret that the gateway was given.
#include <filesystem>
#include <memory>

#include "agent/base/hex.hpp"
#include "tests/e2e/agent/shop.hpp"
#include "tests/e2e/doctor/checkup.hpp"
#include "tests/fakes/certificates.hpp"

namespace aisle::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kPassword = "correct-horse";
constexpr const char* kUsername = "4fD9access-token-of-s1";
constexpr const char* kPin = "837465";
constexpr const char* kMaster = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
constexpr const char* kDayKey = "75c734c6dd1a782de7a965da5eb93125";
constexpr const char* kIrk = "ec0234a357c8ad05341010a60a397d9b";
constexpr const char* kUrlKey = "kqUrlCommandKey9";
constexpr const char* kEnvironmentToken = "envTokenX7";

class Bundle : public ::testing::Test {
 protected:
  void SetUp() override {
    authority.issue(site.file("server"), "the broker");
    authority.issue(site.file("gateway"), "s1/g1");
    site.write("password", std::string(kPassword) + "\n");
    site.write("pin", std::string(kPin) + "\n");
    site.write("master", kMaster);
    site.write("walk.jsonl", walk_recording({2, 2, 30, 2}));
    broker = std::make_unique<fakes::MosquittoBroker>(
        fakes::BrokerOptions{.users = {{kUsername, kPassword}},
                             .lines = {"certfile " + site.file("server.pem"), "keyfile " + site.file("server.key")}});
    ASSERT_TRUE(broker->start());
    setenv("AISLE_HTTP__TOKENS", ("[\"" + std::string(kEnvironmentToken) + "\"]").c_str(), 1);
    setenv("AISLE_SYNC__USERNAME", kUsername, 1);
    configure("gateway.key");
    // With addresses, keys and customers of its own; one of them is refused, and the log says so.
    site.write("customers.jsonl", walk_customers(2) + R"({"id":"c-refused-9","devices":"none","consent":{}})" + "\n");
    site.write("keys.jsonl", std::string(R"({"ordinal":1,"day":20518,"key":")") + kDayKey + "\"}\n");
    site.write("assets.jsonl", std::string(R"({"id":"a-1","kind":"staff","irk":")") + kIrk + "\"}\n");
  }
  void TearDown() override {
    unsetenv("AISLE_HTTP__TOKENS");
    unsetenv("AISLE_SYNC__USERNAME");
  }
  void configure(const std::string& key) {
    site.configure({.speed = 0,
                    .port = broker->port(),
                    .sync = "tls = true\nca = \"" + site.file("ca.pem") + "\"\ncert = \"" + site.file("gateway.pem") +
                            "\"\nkey = \"" + (key.starts_with("pkcs11:") ? key : site.file(key)) + "\"\npin_file = \"" +
                            site.file("pin") + "\"\npassword_file = \"" + site.file("password") + "\"\n",
                    .privacy = "master_key = \"" + site.file("master") + "\"\n[commands]\npublic_key = \"" +
                               site.file("commands.pub") + "\"\n"});
    site.write("commands.pub", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  }
  [[nodiscard]] std::vector<std::string> secrets() const {
    std::vector<std::string> all = {kPassword,
                                    kUsername,
                                    kPin,
                                    kMaster,
                                    kDayKey,
                                    kIrk,
                                    kUrlKey,
                                    kEnvironmentToken,
                                    "c-refused-9",
                                    "AAECAwQFBgcICQoL",
                                    "c-1\"",
                                    "c-2\"",
                                    "c0:00:00:00:00:01",
                                    "C0:00:00:00:00:01",
                                    "c00000000001"};
    all.push_back(to_base64(*from_hex(kDayKey)));
    for (const auto& line : fakes::whole_lines(fakes::read_file(site.file("gateway.key"))))
      if (!line.starts_with("-----")) all.push_back(line);
    return all;
  }
  [[nodiscard]] std::vector<std::string> cloud_with(const std::vector<std::string>& more) const {
    std::vector<std::string> all = {"cloud",
                                    "--broker",
                                    "127.0.0.1:" + std::to_string(broker->port()),
                                    "--store",
                                    "s1",
                                    "--ca",
                                    site.file("ca.pem"),
                                    "--username",
                                    kUsername,
                                    "--password-file",
                                    site.file("password")};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  // The other end, with the customers, keys and assets.
  [[nodiscard]] fakes::Process serve() const {
    fakes::Command command;
    command.argv = cloud_with({"--customers", site.file("customers.jsonl"), "--keys", site.file("keys.jsonl"),
                               "--assets", site.file("assets.jsonl")});
    command.argv.insert(command.argv.begin(), AISLECTL);
    command.err = site.file("cloud.log");
    return fakes::Process(command);
  }
  // Every file of the tar, unpacked.
  static std::map<std::string, std::string> unpack(const std::string& path) {
    const fakes::TempDir into;
    EXPECT_EQ(fakes::run({"/usr/bin/tar", "xf", path, "-C", into.path().string()}).exit, 0);
    std::map<std::string, std::string> out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(into.path()))
      out[entry.path().filename().string()] = fakes::read_file(entry.path().string());
    return out;
  }
  // What the command wrote, without a secret.
  std::map<std::string, std::string> collect() {
    const auto done = site.ctl_here({"support-bundle", "--config", site.file("aisle.toml")});
    EXPECT_EQ(done.exit, 0) << done.err;
    return searched(done.out.substr(0, done.out.find('\n')));
  }
  // What the cloud's command wrote.
  std::map<std::string, std::string> collect_for_cloud() {
    const auto done = Site::ctl(cloud_with({"--gateway", "g1", "--command", "support-bundle"}));
    EXPECT_EQ(done.exit, 0) << done.err;
    const auto reply = json::parse(done.out, nullptr, false);
    return done.exit == 0 ? searched(reply["result"]["path"]) : std::map<std::string, std::string>();
  }
  std::map<std::string, std::string> searched(const std::string& path) {
    auto files = unpack(path);
    for (const auto& [name, text] : files) {
      for (const auto& secret : secrets()) EXPECT_THAT(text, Not(HasSubstr(secret))) << name;
    }
    return files;
  }

  Site site;
  fakes::Authority authority{site.file("ca")};
  std::unique_ptr<fakes::MosquittoBroker> broker;
};

TEST_F(Bundle, OfARunningDaemonHoldsNoSecret) {
  auto aisled = site.start_aisled();
  ASSERT_TRUE(fakes::eventually([&] {
    const auto status = site.status();
    return status.is_object() && status["sync"]["state"] == "online";
  })) << site.log();
  const auto cloud = serve();
  ASSERT_TRUE(fakes::eventually([&] { return site.status().value("records_refused", 0) > 0; })) << site.log();
  ASSERT_THAT(site.log(), HasSubstr("c-refused-9"));
  const auto files = collect();
  for (const char* name :
       {"about.json", "status.json", "config.json", "outbox.json", "log.txt", "doctor.json", "metrics.txt"})
    EXPECT_TRUE(files.contains(name)) << name;
  // Still of use.
  EXPECT_THAT(files.at("log.txt"), HasSubstr("connected to the broker"));
  EXPECT_THAT(files.at("log.txt"), HasSubstr("customers record \"[removed]\" was refused"));
  EXPECT_THAT(files.at("config.json"), HasSubstr("\"username\": \"[removed]\""));
  const auto report = json::parse(files.at("doctor.json"));
  EXPECT_EQ(report["checks"].size(), 34U);
  EXPECT_TRUE(json::parse(files.at("status.json")).contains("adverts"));

  const auto for_cloud = collect_for_cloud();
  ASSERT_TRUE(for_cloud.contains("doctor.json"));
  const auto same_checks = json::parse(for_cloud.at("doctor.json"));
  ASSERT_EQ(same_checks.value("checks", json::array()).size(), 34U) << same_checks;
  EXPECT_EQ(same_checks["checks"][3]["id"], "daemon.running");
  EXPECT_EQ(same_checks["checks"][3]["state"], "ok") << "the daemon answers while it is examined";
  EXPECT_EQ(for_cloud.size(), files.size());
}

TEST_F(Bundle, WithoutADaemonHoldsNoSecret) {
  for (const char* dataset : {"customers", "keys", "assets"})
    [[maybe_unused]] const auto refused = site.import(dataset, std::string(dataset) + ".jsonl");
  const auto files = collect();
  for (const char* name : {"about.json", "config.json", "outbox.json", "datasets.json", "doctor.json"})
    EXPECT_TRUE(files.contains(name)) << name;
}

// A PIN within a URI is refused, and so is a URL where a word is expected: what says so may quote it.
TEST_F(Bundle, WhatStandsInTheConfigurationItselfIsRemovedToo) {
  configure("pkcs11:token=none;object=none?pin-value=" + std::string(kPin));
  const std::string text = fakes::read_file(site.file("aisle.toml"));
  site.write("aisle.toml", text + "[log]\nlevel = \"https://joe:pw@h.example/cmd?key=" + kUrlKey + "\"\n");
  std::filesystem::create_directories(site.state_dir());
  EXPECT_THAT(collect().at("config.json"), HasSubstr("log.level"));
  site.write("aisle.toml", text);
  EXPECT_THAT(collect().at("config.json"), HasSubstr("a PIN does not belong here"));
}

}  // namespace
}  // namespace aisle::e2e
