#include <gtest/gtest.h>

#include "tests/e2e/site.hpp"

namespace aisle::e2e {
namespace {

constexpr const char* kKey = "75c734c6dd1a782de7a965da5eb93125";

struct Vector {
  int interval;
  const char* rpi;
  const char* ad;
  const char* uuid;
};
constexpr Vector kVectors[] = {
    {2642976, "c2369418fedd9f8b53eb11bfca82ad97", "11074f324f10c2369418fedd9f8b53eb11bf",
     "bf11eb53-8b9f-ddfe-1894-36c2104f324f"},
    {2642977, "9eace05cf2e44cf357e0bb1622e2ee64", "11074f324f109eace05cf2e44cf357e0bb16",
     "16bbe057-f34c-e4f2-5ce0-ac9e104f324f"},
    {2643119, "56112d417982f4c66e7235bd64a23603", "11074f324f1056112d417982f4c66e7235bd",
     "bd35726e-c6f4-8279-412d-1156104f324f"},
};

TEST(CliToken, MakesTheContractVectors) {
  for (const auto& vector : kVectors) {
    const auto done =
        Site::ctl({"token", "make", "--key", kKey, "--interval", std::to_string(vector.interval), "--json"});
    ASSERT_EQ(done.exit, 0) << done.err;
    const auto token = json::parse(done.out);
    EXPECT_EQ(token["rpi"], vector.rpi);
    EXPECT_EQ(token["ad"], vector.ad);
    EXPECT_EQ(token["uuid"], vector.uuid);
    EXPECT_EQ(token["day"], 18354);
  }
}

TEST(CliToken, ResolvesEveryFormOfThem) {
  for (const auto& vector : kVectors) {
    for (const char* form : {vector.rpi, vector.ad, vector.uuid}) {
      const auto done = Site::ctl({"token", "resolve", form, "--key", kKey, "--day", "18354", "--json"});
      ASSERT_EQ(done.exit, 0) << form << ": " << done.err;
      EXPECT_EQ(json::parse(done.out)["interval"], vector.interval);
    }
  }
}

TEST(CliToken, ATokenOfAnotherDayOrKeyIsNotResolved) {
  const auto other_day = Site::ctl({"token", "resolve", kVectors[0].uuid, "--key", kKey, "--day", "18355"});
  EXPECT_EQ(other_day.exit, 1);
  EXPECT_NE(other_day.err.find("18355"), std::string::npos) << other_day.err;
  const auto other_key =
      Site::ctl({"token", "resolve", kVectors[0].uuid, "--key", "00000000000000000000000000000000", "--day", "18354"});
  EXPECT_EQ(other_key.exit, 1);
}

TEST(CliToken, AnIntervalAndATimeTogetherAreWrongUsage) {
  const std::vector<std::string> both = {"--key", kKey, "--interval", "1", "--time", "2026-03-06T15:00:00Z"};
  for (const std::vector<std::string>& verb :
       {std::vector<std::string>{"token", "make"}, {"token", "resolve", kVectors[0].rpi}}) {
    auto arguments = verb;
    arguments.insert(arguments.end(), both.begin(), both.end());
    const auto done = Site::ctl(arguments);
    EXPECT_EQ(done.exit, 2) << done.out;
    EXPECT_EQ(done.out, "");
    EXPECT_NE(done.err.find("--time"), std::string::npos) << done.err;
  }
}

TEST(CliToken, WhatIsNoTokenIsWrongUsage) {
  for (const char* text : {"00000000-0000-0000-0000-000000000000", "1234", "hello"}) {
    EXPECT_EQ(Site::ctl({"token", "resolve", text, "--key", kKey, "--day", "18354"}).exit, 2) << text;
  }
}

}  // namespace
}  // namespace aisle::e2e
