// The reference end of provisioning, over HTTPS.
#include "agent/cli/cloud/claim_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <fstream>

#include "agent/cli/cloud/host_names.hpp"
#include "tests/fakes/certificates.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace aisle::cloud {
namespace {

using ::testing::AnyOf;

// 0: the connection ended before all was sent.
int status_of(const httplib::Result& result) {
  return result ? result->status : 0;
}

// Moved by one thread, read by others.
class SharedClock final : public Clock {
 public:
  [[nodiscard]] SteadyTime steady() const override { return SteadyTime{seconds{at_.load()}}; }
  [[nodiscard]] UnixTime now() const override { return system_.now(); }
  void advance_a_second() { ++at_; }

 private:
  std::atomic<std::int64_t> at_{0};
  SystemClock system_;
};

// A connection to a port of this machine.
int connected_to(std::uint16_t port) {
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  peer.sin_port = htons(port);
  peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int out = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(connect(out, static_cast<const sockaddr*>(static_cast<const void*>(&peer)), sizeof peer), 0);
  return out;
}

constexpr const char* kOrder = R"({"token":"guessed"})";

class ClaimServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    authority.save_key(directory.file("ca.key"));
    std::ofstream(directory.file("claims")) << R"({"token":"once","store":"s1","gateway":"g7"})";
    auto issuer = Issuer::load(directory.file("ca.pem"), directory.file("ca.key"));
    ASSERT_TRUE(issuer) << issuer.error().message();
    auto book = ClaimBook::open(directory.file("claims"), *std::move(issuer), {});
    ASSERT_TRUE(book) << book.error().message();
    auto started = ClaimServer::start("127.0.0.1:0", {"cloud.example"}, *std::move(book), clock, log);
    ASSERT_TRUE(started) << started.error().message();
    server = *std::move(started);
    client = std::make_unique<httplib::SSLClient>("127.0.0.1", server->port());
    client->set_ca_cert_path(directory.file("ca.pem"));
  }
  fakes::TempDir directory;
  fakes::Authority authority{directory.file("ca")};
  SharedClock clock;
  Log log{LogLevel::error};
  std::unique_ptr<ClaimServer> server;
  std::unique_ptr<httplib::SSLClient> client;
};

TEST_F(ClaimServerTest, WhoHasNoClaimAndNoCertificateIsRefused) {
  const auto claim = client->Post("/claim", kOrder, "application/json");
  ASSERT_TRUE(claim) << httplib::to_string(claim.error());
  EXPECT_EQ(claim->status, 403);
  const auto renewal = client->Post("/renew", kOrder, "application/json");
  ASSERT_TRUE(renewal) << httplib::to_string(renewal.error());
  EXPECT_EQ(renewal->status, 401);
}

TEST_F(ClaimServerTest, ABodyWithoutBoundsIsNotRead) {
  const auto in_chunks = client->Post(
      "/claim", [](std::size_t, httplib::DataSink& sink) { return sink.done(), true; }, "application/json");
  EXPECT_THAT(status_of(in_chunks), AnyOf(411, 0));
  const auto packed = client->Post("/claim", {{"Content-Encoding", "gzip"}}, kOrder, "application/json");
  EXPECT_THAT(status_of(packed), AnyOf(411, 0));
  const auto large = client->Post("/claim", std::string(100'000, 'a'), "application/json");
  EXPECT_THAT(status_of(large), AnyOf(413, 0));
}

TEST_F(ClaimServerTest, HeadLinesWithoutEndAreNotRead) {
  const std::string endless(std::size_t{8} << 20U, 'a');
  EXPECT_EQ(status_of(client->Post("/claim", {{"Endless", endless}}, kOrder, "application/json")), 0);
  EXPECT_EQ(status_of(client->Post("/" + endless, kOrder, "application/json")), 0);
}

TEST_F(ClaimServerTest, ARecordThatComesByteByByteDoesNotOutliveTheConnection) {
  const int connection = connected_to(server->port());
  const std::string head("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);  // a client's first record, 512 bytes
  ASSERT_EQ(send(connection, head.data(), head.size(), MSG_NOSIGNAL), static_cast<ssize_t>(head.size()));
  pollfd ended{connection, POLLIN, 0};
  int sent = 0;
  for (; sent < 400 && poll(&ended, 1, 5) == 0; ++sent) {
    clock.advance_a_second();
    send(connection, "\0", 1, MSG_NOSIGNAL);
  }
  EXPECT_LT(sent, 400);
  char answer = 0;
  EXPECT_LE(recv(connection, &answer, 1, 0), 0) << "closed, not answered";
  close(connection);
}

TEST_F(ClaimServerTest, ItIsKnownByEachOfItsNames) {
  for (const char* host : {"cloud.example", "localhost", "127.0.0.1"}) {
    httplib::SSLClient to(host, server->port());
    to.set_ca_cert_path(directory.file("ca.pem"));
    to.set_hostname_addr_map({{"cloud.example", "127.0.0.1"}, {"localhost", "127.0.0.1"}});
    EXPECT_EQ(status_of(to.Post("/claim", kOrder, "application/json")), 403) << host;
  }
}

TEST(ServerNames, OfEveryAddressAreThoseOfTheMachine) {
  const auto all = server_names("0.0.0.0", {"cloud.example"});
  EXPECT_EQ(all.front(), "cloud.example");
  EXPECT_THAT(all, ::testing::Contains("127.0.0.1"));
  EXPECT_THAT(all, ::testing::Not(::testing::Contains("0.0.0.0")));
  EXPECT_THAT(server_names("mq.example", {}), ::testing::ElementsAre("mq.example"));
}

}  // namespace
}  // namespace aisle::cloud
