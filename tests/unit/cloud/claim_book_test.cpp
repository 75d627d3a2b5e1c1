// The reference end of provisioning: whom it gives a certificate.
#include "agent/cli/cloud/claim_book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "agent/provision/certificate.hpp"
#include "agent/provision/key.hpp"
#include "tests/fakes/certificates.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace aisle::cloud {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const UnixTime kNow{seconds{1'800'000'000}};

class ClaimBookTest : public ::testing::Test {
 protected:
  ClaimBookTest() {
    authority.save_key(directory.file("ca.key"));
    write(R"({"token":"once","store":"s1","gateway":"g7"}
{"token":"old","store":"s1","gateway":"g8","expires":"2020-01-01T00:00:00Z"})");
  }
  void write(const std::string& claims) const { std::ofstream(directory.file("claims")) << claims; }
  [[nodiscard]] Result<ClaimBook> open() const {
    auto issuer = Issuer::load(directory.file("ca.pem"), directory.file("ca.key"));
    if (!issuer) return tl::unexpected(issuer.error());
    return ClaimBook::open(directory.file("claims"), *std::move(issuer), {.command_key = "k", .broker = "mq.example"});
  }
  static std::string order(const provision::GatewayKey& key, const std::string& token, const std::string& gateway) {
    return json{{"token", token}, {"store", "s1"}, {"gateway", gateway}, {"csr", *key.request("s1/" + gateway)}}.dump();
  }
  fakes::TempDir directory;
  fakes::Authority authority{directory.file("ca")};
  provision::GatewayKey key = *provision::GatewayKey::make(), other = *provision::GatewayKey::make();
};

TEST_F(ClaimBookTest, AClaimServesOneKeyAlsoAfterARestart) {
  auto book = open();
  ASSERT_TRUE(book) << book.error().message();
  const Answer first = book->claim(order(key, "once", "g7"), kNow);
  ASSERT_EQ(first.status, 200) << first.body;
  const auto grant = json::parse(first.body);
  EXPECT_EQ(provision::read_certificate(std::string(grant["certificate"]))->fingerprint, key.fingerprint());
  EXPECT_EQ(grant["command_key"], "k");
  EXPECT_EQ(grant["broker"], "mq.example");

  auto later = open();
  EXPECT_EQ(later->claim(order(key, "once", "g7"), kNow).body, first.body);
  EXPECT_EQ(later->claim(order(other, "once", "g7"), kNow).status, 409);
}

TEST_F(ClaimBookTest, WhoHasNoneGetsNothing) {
  auto book = open();
  ASSERT_TRUE(book);
  EXPECT_EQ(book->claim(order(key, "guessed", "g7"), kNow).status, 403);
  EXPECT_EQ(book->claim(order(key, "once", "g8"), kNow).status, 403);
  EXPECT_EQ(book->claim(order(key, "old", "g8"), kNow).status, 403);
  EXPECT_EQ(book->claim("", kNow).status, 403);
  EXPECT_EQ(book->claim("[]", kNow).status, 403);
}

TEST_F(ClaimBookTest, ARequestMustBeForTheGatewayAndSigned) {
  auto book = open();
  ASSERT_TRUE(book);
  auto wrong = json::parse(order(key, "once", "g7"));
  wrong["csr"] = *key.request("s1/g9");
  EXPECT_EQ(book->claim(wrong.dump(), kNow).status, 400);
  wrong["csr"] = "none";
  EXPECT_EQ(book->claim(wrong.dump(), kNow).status, 400);
  EXPECT_EQ(book->claim(order(key, "once", "g7"), kNow).status, 200);
}

TEST_F(ClaimBookTest, ARenewalIsForTheSameGateway) {
  const auto book = open();
  ASSERT_TRUE(book);
  const std::string request = json{{"csr", *key.request("s1/g7")}}.dump();
  EXPECT_EQ(book->renew({"s1/g7", key.fingerprint()}, request).status, 200);
  EXPECT_EQ(book->renew({"s1/g8", key.fingerprint()}, request).status, 403);
  EXPECT_EQ(book->renew({"s1/g7", other.fingerprint()}, request).status, 403);
}

TEST_F(ClaimBookTest, WhatIsRevokedIsNotRenewedAndANewClaimIsForANewKey) {
  write(R"([{"token":"once","store":"s1","gateway":"g7"},{"token":"again","store":"s1","gateway":"g7"}])");
  auto book = open();
  ASSERT_TRUE(book) << book.error().message();
  const IssueLog log(directory.file("claims"));
  EXPECT_THAT(log.revoke("s1/g7").error().message(), HasSubstr("no certificate was issued for s1/g7"));
  ASSERT_EQ(book->claim(order(key, "once", "g7"), kNow).status, 200);
  const Holder holder{"s1/g7", key.fingerprint()};
  const std::string request = json{{"csr", *key.request("s1/g7")}}.dump();
  ASSERT_EQ(book->renew(holder, request).status, 200);

  EXPECT_EQ(log.revoke("s1/g7"), std::size_t{1});
  EXPECT_THAT(book->renew(holder, request).body, HasSubstr("revoked"));
  EXPECT_EQ(book->claim(order(key, "once", "g7"), kNow).status, 403);
  EXPECT_EQ(book->claim(order(key, "again", "g7"), kNow).status, 403);
  EXPECT_EQ(book->claim(order(other, "again", "g7"), kNow).status, 200);
  EXPECT_EQ(log.revoked_serials()->size(), 2U);
}

TEST_F(ClaimBookTest, ATornLineOfWhatWasIssuedStopsNobody) {
  auto book = open();
  const Answer answer = book->claim(order(key, "once", "g7"), kNow);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const std::string certificate = json::parse(answer.body)["certificate"];
  const std::string issued = directory.file("claims.issued");
  const auto whole = std::filesystem::file_size(issued);
  std::ofstream(issued, std::ios::app) << R"({"gateway":"s1/g7","ke)";
  const IssueLog log(directory.file("claims"));
  EXPECT_EQ(log.revoke("s1/g7"), std::size_t{1});
  ASSERT_TRUE(log.note("s1/g9", "k9", certificate));
  EXPECT_EQ(log.revoke("s1/g9"), std::size_t{1}) << "written over the torn one";
  std::filesystem::resize_file(issued, whole - 1);
  ASSERT_TRUE(log.note("s1/g8", "k8", certificate));
  EXPECT_EQ(log.revoke("s1/g8"), std::size_t{1}) << "the line before has got its end";
  EXPECT_EQ(log.revoke("s1/g7"), std::size_t{1});
}

TEST_F(ClaimBookTest, WhatCannotBeReadIsNoLeave) {
  auto book = open();
  ASSERT_EQ(book->claim(order(key, "once", "g7"), kNow).status, 200);
  std::filesystem::create_directory(directory.file("claims.revoked"));
  const IssueLog log(directory.file("claims"));
  const auto revoked = log.is_revoked(key.fingerprint());
  ASSERT_FALSE(revoked);
  EXPECT_THAT(revoked.error().message(), HasSubstr("claims.revoked: cannot be read"));
  EXPECT_FALSE(log.revoke("s1/g7"));
  const std::string request = json{{"csr", *key.request("s1/g7")}}.dump();
  EXPECT_EQ(book->renew({"s1/g7", key.fingerprint()}, request).status, 500);
}

TEST_F(ClaimBookTest, AFileThatIsWrongIsNamed) {
  write(R"([{"token":"once","store":"S1","gateway":"g7"}])");
  EXPECT_THAT(open().error().message(), HasSubstr("claim 1"));
  write(R"({"token":"once","store":"s1","gateway":"g7"}
{"token":"once","store":"s1","gateway":"g8"})");
  EXPECT_THAT(open().error().message(), HasSubstr("claim 2"));
  write("nonsense");
  EXPECT_THAT(open().error().message(), HasSubstr("claims:1"));
}

}  // namespace
}  // namespace aisle::cloud
