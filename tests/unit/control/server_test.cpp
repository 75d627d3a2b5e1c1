#include "agent/control/server.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <thread>
#include <vector>

#include "agent/control/client.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace aisle::control {
namespace {

std::string nested(std::size_t depth) {
  return R"({"verb":"echo","records":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

// Sends a line as it is and gives the one that comes back.
std::string answer_to(const std::string& path, std::string line) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(connect(fd, static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof address), 0);
  line += '\n';
  for (std::size_t sent = 0; sent < line.size();) {
    const ssize_t n = send(fd, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) break;
    sent += static_cast<std::size_t>(n);
  }
  std::string out;
  std::array<char, 4096> buffer{};
  for (ssize_t n = 0; (n = recv(fd, buffer.data(), buffer.size(), 0)) > 0;)
    out.append(buffer.data(), static_cast<std::size_t>(n));
  close(fd);
  return out;
}

// Somebody listens, and that is all.
class SilentTest : public testing::Test {
 protected:
  void SetUp() override {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
    ASSERT_EQ(bind(fd_, static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof address), 0);
    ASSERT_EQ(listen(fd_, 0), 0);
  }
  ~SilentTest() override { close(fd_); }

  fakes::TempDir dir_;
  std::string path_ = dir_.file("control.sock");
  int fd_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
};

TEST_F(SilentTest, ConnectingEnds) {
  std::vector<std::unique_ptr<Client>> clients;
  Status refused;
  for (int i = 0; i < 4 && refused; ++i) {
    auto client = Client::connect(path_, seconds{1});
    if (client) {
      clients.push_back(std::move(*client));
    } else {
      refused = tl::unexpected(client.error());
    }
  }
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message().find("accepts nobody"), std::string::npos) << refused.error().message();
}

TEST_F(SilentTest, ALineThatComesInDropsHasADeadlineAsAWhole) {
  const auto client = Client::connect(path_).value();
  const int other = accept(fd_, nullptr, nullptr);
  std::thread dripping([other] {
    while (send(other, "x", 1, MSG_NOSIGNAL) == 1) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  });
  EXPECT_FALSE(client->next_line(std::chrono::milliseconds(50)));
  shutdown(other, SHUT_RDWR);
  dripping.join();
  close(other);
}

class ServerTest : public testing::Test {
 protected:
  void SetUp() override {
    auto server = Server::listen(loop_, parser_, path_, [](const nlohmann::json& request, const ReplyPtr& reply) {
      const nlohmann::json copy = request;  // what handlers do with records
      if (copy["verb"] == "text") {
        reply->text(kText);
      } else {
        reply->line({{"verb", copy["verb"]}});
      }
      reply->finish();
    });
    ASSERT_TRUE(server) << server.error().message();
    server_ = std::move(*server);
    thread_ = std::thread([this] { loop_.run(); });
  }
  void TearDown() override {
    end(parser_, parser_thread_);
    end(loop_, thread_);
  }
  void start_parser() {
    parser_thread_ = std::thread([this] { parser_.run(); });
  }
  static void end(EpollLoop& loop, std::thread& thread) {
    if (!thread.joinable()) return;
    loop.post([&loop] { loop.stop(); });
    thread.join();
  }

  static constexpr const char* kText = R"({"z":1.50, "a":{"y":1,"b":2}})";
  fakes::TempDir dir_;
  std::string path_ = dir_.file("control.sock");
  SystemClock clock_;
  EpollLoop loop_{clock_}, parser_{clock_};
  std::unique_ptr<Server> server_;
  std::thread thread_, parser_thread_;
};

TEST_F(ServerTest, AnswersARequest) {
  EXPECT_EQ(answer_to(path_, R"({"verb":"echo"})"), "{\"verb\":\"echo\"}\n");
}

TEST_F(ServerTest, TextArrivesByteForByte) {
  auto client = Client::connect(path_).value();
  ASSERT_TRUE(client->ask({{"verb", "text"}}));
  const auto text = client->next_text(seconds(10));
  ASSERT_TRUE(text && *text);
  EXPECT_EQ(**text, kText);
  const auto end = client->next_text(seconds(10));
  EXPECT_TRUE(end && !*end);
}

TEST_F(ServerTest, OneClientTooManyIsToldSo) {
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 64; ++i) {
    clients.push_back(std::move(Client::connect(path_).value()));
    ASSERT_NE(clients.back(), nullptr);
  }
  EXPECT_NE(answer_to(path_, R"({"verb":"echo"})").find("64 clients are connected"), std::string::npos);
  auto late = Client::connect(path_).value();
  ASSERT_TRUE(late->ask({{"verb", "echo"}}));
  const auto line = late->next_line(seconds(10));
  ASSERT_TRUE(line && *line);
  EXPECT_TRUE((*line)->contains("error"));
}

TEST_F(ServerTest, GarbageIsNamedAndTheServerGoesOn) {
  for (const std::string& line : {std::string("x"), std::string("[]"), std::string(), std::string("\0\xff", 2)}) {
    EXPECT_NE(answer_to(path_, line).find("one JSON object a line expected"), std::string::npos) << line;
  }
  EXPECT_EQ(answer_to(path_, R"({"verb":"echo"})"), "{\"verb\":\"echo\"}\n");
}

TEST_F(ServerTest, ALargeRequestHoldsNobodyUp) {
  auto large = Client::connect(path_).value();
  ASSERT_TRUE(large->ask({{"verb", std::string(1U << 20U, 'x')}}));
  EXPECT_EQ(answer_to(path_, R"({"verb":"echo"})"), "{\"verb\":\"echo\"}\n") << "while it is not parsed";
  start_parser();
  const auto line = large->next_line(seconds(10));
  ASSERT_TRUE(line && *line);
  EXPECT_EQ((**line)["verb"].get_ref<const std::string&>().size(), 1U << 20U);
}

// Copying JSON recurses: a request that is nested deep enough would overflow the stack.
TEST_F(ServerTest, DeepNestingIsRefused) {
  start_parser();
  EXPECT_EQ(answer_to(path_, nested(20)), "{\"verb\":\"echo\"}\n");
  EXPECT_NE(answer_to(path_, nested(1'000'000)).find("nested more than 64 levels"), std::string::npos);
  EXPECT_EQ(answer_to(path_, R"({"verb":"echo"})"), "{\"verb\":\"echo\"}\n");
}

}  // namespace
}  // namespace aisle::control
