#include "agent/scan/scanner.hpp"

#include <gtest/gtest.h>

#include "agent/base/hex.hpp"

namespace aisle::scan {
namespace {

Address address(std::uint32_t number) {
  Address out;
  for (std::size_t i = 0; i < 4; ++i) out.bytes.at(i) = static_cast<std::uint8_t>(number >> (8 * i));
  return out;
}

Advert advert(std::uint32_t from, const char* payload) {
  Advert out;
  out.at.mono = SteadyTime{Duration{1'000'000}};
  out.address = address(from);
  out.rssi = Dbm{-61};
  out.payload = Payload(from_hex(payload).value());
  return out;
}

constexpr const char* kToken = "11074f324f10c2369418fedd9f8b53eb11bf";

TEST(Aliases, AreNumbersThatTellNothing) {
  Aliases aliases;
  EXPECT_EQ(aliases.of(address(77)), 1U);
  EXPECT_EQ(aliases.of(address(5)), 2U);
  EXPECT_EQ(aliases.of(address(77)), 1U);
  Address random = address(77);
  random.random = true;
  EXPECT_EQ(aliases.of(random), 3U) << "a random address is another device than a public one";
}

TEST(Aliases, ForgetTheLongestSilent) {
  Aliases aliases;
  for (std::uint32_t i = 0; i < Aliases::kMost; ++i) EXPECT_EQ(aliases.of(address(i)), i + 1);
  EXPECT_EQ(aliases.of(address(0)), 1U);  // so that the second is the longest silent
  EXPECT_EQ(aliases.of(address(1'000'000)), Aliases::kMost + 1);
  EXPECT_EQ(aliases.of(address(0)), 1U);
  EXPECT_EQ(aliases.of(address(1)), Aliases::kMost + 2);
}

TEST(Scanner, TellsKindReceiverAndStrength) {
  Scanner scanner{GatewayId("g1")};
  const auto token = scanner.hear(advert(1, kToken));
  EXPECT_EQ(token.kind, "aisle_token");
  EXPECT_EQ(token.receiver.view(), "g1");
  EXPECT_EQ(token.rssi.value, -61);
  EXPECT_EQ(scanner.hear(advert(2, "020106")).kind, "unknown");
  EXPECT_EQ(scanner.hear(advert(3, "0a06")).kind, "malformed");
  auto other = advert(1, kToken);
  other.receiver = GatewayId("g2");
  EXPECT_EQ(scanner.hear(other).receiver.view(), "g2");
}

// What goes over the socket is what was heard, and no address or token is in it.
TEST(Batches, GoOverTheSocketAndBack) {
  Scanner scanner{GatewayId("g1")};
  Batch batch;
  batch.now = {SteadyTime{Duration{3'000'000}}, UnixTime{seconds{1'800'000'000}}};
  batch.adverts = {scanner.hear(advert(0x01020304, kToken))};
  batch.dropped = 9;
  batch.radio = "hearing";
  const std::string text = to_json(batch).dump();
  EXPECT_EQ(text.find("c236"), std::string::npos) << text;
  const auto back = batch_of(nlohmann::json::parse(text));
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_EQ(to_json(*back).dump(), text);
  EXPECT_EQ(back->adverts[0].at, batch.adverts[0].at);
  EXPECT_FALSE(batch_of(nlohmann::json::parse(R"({"mono_us":1})")));
  EXPECT_FALSE(batch_of(nlohmann::json::parse("[]")));
}

}  // namespace
}  // namespace aisle::scan
