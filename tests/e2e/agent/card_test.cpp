// A gateway whose card is taken out: the real daemon, fed by a cloud over TLS, is killed, and every file of its state
// is searched for keys, tokens, customers and visits. The same without a master key shows that the search finds them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "agent/base/hex.hpp"
#include "agent/store/database.hpp"
#include "tests/e2e/agent/shop.hpp"
#include "tests/fakes/card_image.hpp"
#include "tests/fakes/certificates.hpp"
#include "tests/fakes/sealed.hpp"

namespace aisle::e2e {
namespace {

namespace fs = std::filesystem;

constexpr const char* kKey = "75c734c6dd1a782de7a965da5eb93125";       // of the day of the walk, which is long past
constexpr const char* kKeyToday = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";  // of today
constexpr int kWalkDay = static_cast<int>(kWalkStart) / 86400;

std::string text_of(ByteSpan bytes) {
  return {static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size()};
}

long today() {
  return std::chrono::duration_cast<std::chrono::hours>(std::chrono::system_clock::now().time_since_epoch()).count() /
         24;
}

// As bytes, hex of both cases and base64.
std::vector<std::string> forms_of(const std::string& hex) {
  const auto bytes = from_hex(hex).value();
  std::string upper = hex;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  const std::string base64 = to_base64(bytes);
  return {text_of(bytes), hex, upper, base64.substr(0, base64.find('='))};
}

class Card : public testing::Test {
 protected:
  void SetUp() override {
    fakes::write_file(directory_.file("master"), std::string(64, '5') + "\n");
    setenv("CREDENTIALS_DIRECTORY", fs::path(directory_.file("master")).parent_path().c_str(), 1);
    setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere", 1);
    ASSERT_TRUE(shop_.broker.start());
  }
  void TearDown() override {
    unsetenv("CREDENTIALS_DIRECTORY");
    unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
  }
  [[nodiscard]] fakes::BrokerOptions over_tls() const {
    authority_.issue(directory_.file("server"), "the broker");
    auto options = patient_broker();
    options.lines.push_back("certfile " + directory_.file("server.pem"));
    options.lines.push_back("keyfile " + directory_.file("server.key"));
    return options;
  }
  void configure(bool sealed) const {
    const std::string key = "master_key = \"credential:master\"\n";
    Settings setup{.sync = "tls = true\nca = \"" + directory_.file("ca.pem") + "\"\n", .privacy = sealed ? key : ""};
    shop_.write_files({3, 3, 60, 2}, setup);
    std::string customers = walk_customers(3);
    for (std::size_t at = 0; (at = customers.find("\"c-", at)) != std::string::npos; ++at)
      customers.replace(at, 3, "\"needle-");
    shop_.site.write("customers.jsonl",
                     customers + R"({"id":"needle-token","devices":[{"ordinal":4711}],"consent":{"proximity":)"
                                 R"({"granted_at":"2025-01-01T00:00:00Z","ref":"test"}}})"
                                 "\n");
    shop_.site.write("keys.jsonl", json{{"ordinal", 4711}, {"day", kWalkDay}, {"key", kKey}}.dump() + "\n" +
                                       json{{"ordinal", 4711}, {"day", today()}, {"key", kKeyToday}}.dump() + "\n");
    shop_.site.write("walk.jsonl", walk_with_token());
  }
  // The walkers, and somebody at the entrance who sends tokens.
  [[nodiscard]] std::string walk_with_token() const {
    std::string out = walk_recording({3, 3, 60, 2});
    for (int i = 0; i < 20; ++i) {
      out += json{{"t", kWalkStart + 180 + i}, {"rx", "g1"},  {"addr", "c0:00:00:00:99:99"},
                  {"addr_type", "random"},     {"rssi", -50}, {"data", "020106" + token()["ad"].get<std::string>()}}
                 .dump() +
             "\n";
    }
    return out;
  }
  [[nodiscard]] static json token() {
    const auto interval = std::to_string(static_cast<long>(kWalkStart) / 600);
    return json::parse(Site::ctl({"token", "make", "--key", kKey, "--interval", interval, "--json"}).out);
  }

  // A life with the cloud, in which everybody is seen; then one without, whose events stay; then the power goes.
  void live(bool sealed) {
    configure(sealed);
    auto aisled = shop_.site.start_aisled();
    std::vector<std::string> cloud{
        "--ca",        directory_.file("ca.pem"),          "--offers", shop_.site.file("offers.jsonl"),
        "--customers", shop_.site.file("customers.jsonl"), "--keys",   shop_.site.file("keys.jsonl")};
    const json box_key = shop_.site.wait_for_daemon()["box_key"];
    EXPECT_EQ(box_key.is_string(), sealed) << shop_.site.log();
    if (sealed) cloud.insert(cloud.end(), {"--seal-for", box_key.get<std::string>()});
    ASSERT_TRUE(shop_.open_cloud(cloud));
    ASSERT_TRUE(fakes::eventually([&] { return shop_.feed_of("visit.ended").size() == 4; })) << shop_.site.log();
    EXPECT_EQ(shop_.last_applied("keys")["refused"], json::array());
    aisled.kill_hard();
    shop_.broker.kill_hard();
    aisled = shop_.site.start_aisled();
    ASSERT_TRUE(fakes::eventually([&] {
      const json outbox = shop_.site.outbox();
      return outbox.is_object() && outbox["rows"].get<int>() > 20 && !waiting_visits().empty();
    })) << shop_.site.log();
    aisled.kill_hard();
  }
  // Of the events that wait, asked offline or from the daemon.
  [[nodiscard]] std::set<std::string> waiting_visits() const {
    std::set<std::string> visits;
    for (const auto& line : parse_lines(
             shop_.site.ctl_here({"outbox", "export", "--json", "--config", shop_.site.file("aisle.toml")}).out)) {
      const json& event = line["event"];
      if (short_type(event) == "visit.ended") visits.insert(event["data"]["visit_id"].get<std::string>());
    }
    return visits;
  }
  // What must not be on the card.
  [[nodiscard]] std::map<std::string, std::vector<std::string>> secrets() const {
    std::map<std::string, std::vector<std::string>> all;
    all["key"] = forms_of(kKey);
    for (const auto& form : forms_of(kKeyToday)) all["key"].push_back(form);
    all["token"] = forms_of(token()["rpi"].get<std::string>().substr(0, 24));
    all["customer"] = {"needle-"};
    for (const auto& visit : waiting_visits()) all["visit"].push_back(visit);
    all["master key"] = forms_of(std::string(64, '5'));
    return all;
  }
  [[nodiscard]] std::set<std::string> found_on_card() const {
    const std::string image = fakes::image_of(shop_.site.state_dir());
    EXPECT_GT(image.size(), 10'000U);
    std::set<std::string> found;
    for (const auto& [what, forms] : secrets()) {
      EXPECT_FALSE(forms.empty()) << what;
      for (const auto& form : forms) {
        if (image.find(form) != std::string::npos) found.insert(what);
      }
    }
    return found;
  }

  fakes::TempDir directory_;
  fakes::Authority authority_{directory_.file("ca")};
  Shop shop_{over_tls()};
};

TEST_F(Card, OfASealedGatewayGivesUpNothing) {
  live(true);
  EXPECT_THAT(found_on_card(), testing::IsEmpty());
  EXPECT_GE(waiting_visits().size(), 4U) << "aislectl reads it with the key";
}

TEST_F(Card, WithoutAMasterKeyGivesUpAll) {
  live(false);
  EXPECT_THAT(found_on_card(), testing::IsSupersetOf({"key", "customer", "visit"}));
}

// Somebody has the card and the master key: what has expired stays closed.
TEST_F(Card, AnExpiredDayIsGoneForGood) {
  live(true);
  const std::string database = shop_.site.state_dir() + "/aisle.db";
  const auto key = seal::read_master_key(directory_.file("master"));
  ASSERT_TRUE(key);
  const auto wrapper_of = [&](long day) {
    for (const char* suffix : {"", "-wal"}) fs::copy_file(database + suffix, directory_.file("copy") + suffix);
    auto copy = fakes::open_raw(directory_.file("copy"), *key);
    const auto hex = (*copy)->text(fmt::format("SELECT hex(wrapped) FROM day_wrappers WHERE day = {}", day));
    copy = fail("closed");
    for (const char* suffix : {"", "-wal"}) fs::remove(directory_.file("copy") + suffix);
    return text_of(from_hex(hex.value()).value());
  };
  const std::string expired = wrapper_of(kWalkDay);
  const std::string valid = wrapper_of(today());
  const auto found = [&](const std::string& needle) {
    return !needle.empty() && fakes::opened_image(database, *key).find(needle) != std::string::npos;
  };
  ASSERT_TRUE(found(expired));
  // As the daemon does it an hour after the day has begun; it has no time to tidy up afterwards.
  store::StoreOptions options;
  options.path = database;
  options.master_key = *key;
  auto store = store::Database::open(options);
  ASSERT_TRUE(store);
  while (*(*store)->drop_keys_before(static_cast<std::int32_t>(today()))) {
  }
  EXPECT_FALSE(found(expired)) << "neither in the database nor in the log";
  EXPECT_TRUE(found(valid));
  EXPECT_FALSE(found(text_of(from_hex(kKey).value())));
}

// What is not sealed for this gateway is refused by name, and the rest applies.
TEST_F(Card, ABoxOfAnotherGatewayIsRefused) {
  configure(true);
  auto aisled = shop_.site.start_aisled();
  const std::string other = to_hex(fakes::master_key(9).box_keys().public_key());
  ASSERT_TRUE(shop_.open_cloud(
      {"--ca", directory_.file("ca.pem"), "--keys", shop_.site.file("keys.jsonl"), "--seal-for", other}));
  ASSERT_TRUE(fakes::eventually([&] { return shop_.last_applied("keys").is_object(); })) << shop_.site.log();
  const json applied = shop_.last_applied("keys");
  EXPECT_EQ(applied["count"], 0);
  ASSERT_EQ(applied["refused"].size(), 2U);
  EXPECT_EQ(applied["refused"][0]["field"], "sealed");
  EXPECT_THAT(applied["refused"][0]["why"].get<std::string>(), testing::HasSubstr("not sealed for this gateway's key"));
}

TEST_F(Card, AWrongMasterKeyStartsNothing) {
  live(true);
  const std::string before = fakes::read_file(shop_.site.state_dir() + "/aisle.db");
  fakes::write_file(directory_.file("master"), std::string(64, '6') + "\n");
  auto aisled = shop_.site.start_aisled();
  EXPECT_EQ(aisled.wait(), 1);
  EXPECT_THAT(shop_.site.log(), testing::HasSubstr("sealed under another master key"));
  EXPECT_EQ(fakes::read_file(shop_.site.state_dir() + "/aisle.db"), before);
  EXPECT_FALSE(fs::exists(shop_.site.state_dir() + "/aisle.db.corrupt-1"));
}

}  // namespace
}  // namespace aisle::e2e
