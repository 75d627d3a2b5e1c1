#include "agent/provision/claim.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "agent/provision/exchange.hpp"
#include "agent/provision/nodes.hpp"
#include "agent/provision/url.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace aisle::provision {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ClaimFile, IsTomlOrJson) {
  const auto toml =
      parse_claim("store = \"s1\"\ngateway = \"g7\"\nurl = \"https://c.example\"\ntoken = \"t\"\n", "claim");
  const auto json = parse_claim(R"( {"store":"s1","gateway":"g7","url":"https://c.example","token":"t"})", "claim");
  ASSERT_TRUE(toml) << toml.error().message();
  ASSERT_TRUE(json) << json.error().message();
  for (const Claim& claim : {*toml, *json}) {
    EXPECT_EQ(claim.store, "s1");
    EXPECT_EQ(claim.gateway, "g7");
    EXPECT_EQ(claim.token, "t");
    EXPECT_TRUE(check_claim(claim));
  }
}

TEST(ClaimFile, TheAuthorityMayStandBesideIt) {
  const fakes::TempDir directory;
  std::ofstream(directory.file("ca.pem")) << "the authority";
  const auto claim = parse_claim("ca_file = \"ca.pem\"", directory.file("claim.toml"));
  ASSERT_TRUE(claim) << claim.error().message();
  EXPECT_EQ(claim->ca, "the authority");
  EXPECT_FALSE(parse_claim("ca_file = \"none.pem\"", directory.file("claim.toml")));
}

TEST(ClaimFile, WhatIsWrongIsNamed) {
  const auto problem = [](std::string_view text) { return parse_claim(text, "claim.toml").error().message(); };
  EXPECT_THAT(problem("store = \"s1\"\ngate = \"g7\""), HasSubstr("claim.toml:2"));
  EXPECT_THAT(problem("store = \"s1\"\ngate = \"g7\""), HasSubstr("\"gate\": store, gateway"));
  EXPECT_THAT(problem("store = 1"), HasSubstr("a text in quotes expected"));
  EXPECT_THAT(problem("store = "), HasSubstr("claim.toml:1"));
  EXPECT_THAT(problem(R"({"store":1})"), HasSubstr("store: a text expected"));
  EXPECT_THAT(problem("{"), HasSubstr("a JSON object or TOML expected"));
  EXPECT_THAT(problem(std::string(70000, '#')), HasSubstr("at most"));
}

TEST(Claim, EveryMemberIsChecked) {
  const Claim good{"s1", "g7", "mq.example", "https://c.example", "t", ""};
  const auto problem = [&](auto change) {
    Claim bad = good;
    change(bad);
    const auto checked = check_claim(bad);
    return checked ? std::string() : checked.error().message();
  };
  EXPECT_EQ(problem([](Claim&) {}), "");
  EXPECT_THAT(problem([](Claim& it) { it.store = "S1"; }), HasSubstr("--store"));
  EXPECT_THAT(problem([](Claim& it) { it.gateway = ""; }), HasSubstr("--gateway"));
  EXPECT_THAT(problem([](Claim& it) { it.store = it.gateway = std::string(32, 'a'); }), HasSubstr("at most 64"));
  EXPECT_THAT(problem([](Claim& it) { it.url = "http://c.example"; }), HasSubstr("--url"));
  EXPECT_THAT(problem([](Claim& it) { it.token = ""; }), HasSubstr("--token"));
  EXPECT_THAT(problem([](Claim& it) { it.broker = "a\"b"; }), HasSubstr("--broker"));
}

TEST(Broker, EachNodeHasAPort) {
  EXPECT_THAT(broker_nodes("mq.example"), ElementsAre("mq.example:8883"));
  EXPECT_THAT(broker_nodes("mq1:1, mq2"), ElementsAre("mq1:1", "mq2:8883"));
  EXPECT_THAT(broker_nodes("[::1]:1,[::1]"), ElementsAre("[::1]:1", "[::1]:8883"));
}

TEST(Url, IsTakenApart) {
  const auto plain = parse_url("https://c.example");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->host, "c.example");
  EXPECT_EQ(plain->port, 443);
  EXPECT_EQ(plain->path, "");
  const auto whole = parse_url("https://[::1]:8443/aisle/");
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->host, "::1");
  EXPECT_EQ(whole->port, 8443);
  EXPECT_EQ(whole->path, "/aisle");
}

TEST(Url, WhatIsNoneIsRefused) {
  for (const char* text : {"", "https://", "http://c.example", "https://c.example:0", "https://c.example:x",
                           "https://c.example:70000", "https://u@c.example", "https://c.example/a b", "https://[::1"})
    EXPECT_FALSE(parse_url(text)) << text;
}

TEST(Grant, IsReadOrRefused) {
  const auto grant = parse_grant(R"({"certificate":"c","ca":null,"broker":"mq","later":1})");
  ASSERT_TRUE(grant) << grant.error().message();
  EXPECT_EQ(grant->certificate, "c");
  EXPECT_EQ(grant->broker, "mq");
  EXPECT_EQ(grant->authorities, "");
  EXPECT_FALSE(parse_grant("[]"));
  EXPECT_FALSE(parse_grant("{}"));
  EXPECT_FALSE(parse_grant(R"({"certificate":1})"));
}

}  // namespace
}  // namespace aisle::provision
