#include "tests/fakes/mosquitto_broker.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>
#include <utility>

namespace aisle::fakes {
namespace {

constexpr auto kAskEvery = std::chrono::milliseconds(10);
constexpr auto kStartPatience = std::chrono::seconds(10);

bool within_patience(const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + kStartPatience;
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(kAskEvery);  // between two looks at another process; nothing tells us when it is ready
  }
  return true;
}

// An installed program, also where sbin is not in PATH.
std::string program(const std::string& name) {
  for (const char* folder : {"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/", "/usr/local/bin/"}) {
    if (std::filesystem::exists(folder + name)) return folder + name;
  }
  return name;
}

pid_t spawn(std::vector<std::string> arguments, const std::string& output) {
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  const int log = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  dup2(log, 1);
  dup2(log, 2);
  execv(argv[0], argv.data());
  _exit(127);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

// The socket calls take every address as a sockaddr.
const sockaddr* generic(const sockaddr_in& address) {
  return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

bool accepts(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool connected = connect(fd, generic(address), sizeof address) == 0;
  close(fd);
  return connected;
}

}  // namespace

std::uint16_t free_port() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  const bool bound = bind(fd, generic(address), size) == 0 &&
                     getsockname(fd, static_cast<sockaddr*>(static_cast<void*>(&address)), &size) == 0;
  close(fd);
  return bound ? ntohs(address.sin_port) : std::uint16_t{0};
}

MosquittoBroker::MosquittoBroker(BrokerOptions options) : options_(std::move(options)), port_(free_port()) {
  std::string pattern = (std::filesystem::temp_directory_path() / "aisle-mosquitto-XXXXXX").string();
  if (mkdtemp(pattern.data()) != nullptr) directory_ = pattern;
}

MosquittoBroker::~MosquittoBroker() {
  end(subscriber_, SIGKILL);
  kill_hard();
  std::error_code ignored;
  if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
}

bool MosquittoBroker::start() {
  if (directory_.empty() || port_ == 0) return false;
  write_configuration();
  child_ = spawn({program("mosquitto"), "-c", directory_ + "/mosquitto.conf"}, directory_ + "/log");
  return child_ > 0 && within_patience([this] { return accepts(port_); });
}

void MosquittoBroker::stop() {
  end(child_, SIGTERM);
}
void MosquittoBroker::kill_hard() {
  end(child_, SIGKILL);
}

bool MosquittoBroker::subscribe_durably(const std::string& topic) {
  // One message that is retained for it shows when it has subscribed.
  const pid_t first = spawn(
      {program("mosquitto_pub"), "-p", std::to_string(port_), "-q", "1", "-r", "-t", "durable/ready", "-m", "ready"},
      directory_ + "/log");
  if (first > 0) waitpid(first, nullptr, 0);
  // Its session never expires: the clock may jump while it is away.
  subscriber_ = spawn({program("mosquitto_sub"), "-p", std::to_string(port_), "-V", "5", "-c", "-x", "4294967295", "-i",
                       "durable", "-q", "1", "-t", topic, "-t", "durable/ready"},
                      directory_ + "/durable");
  return subscriber_ > 0 && within_patience([this] { return !durable_lines().empty(); });
}

std::vector<std::string> MosquittoBroker::durable_lines() const {
  std::vector<std::string> lines;
  std::ifstream file(directory_ + "/durable");
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

void MosquittoBroker::end(pid_t& child, int signal) {
  if (child <= 0) return;
  kill(child, signal);
  if (!within_patience([child] { return waitpid(child, nullptr, WNOHANG) == child; })) {
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
  }
  child = -1;
}

void MosquittoBroker::write_configuration() const {
  std::ofstream out(directory_ + "/mosquitto.conf");
  out << "listener " << port_ << " 127.0.0.1\n";
  if (geteuid() == 0) out << "user root\n";  // else it would become a user who cannot read our directory
  out << "allow_anonymous " << (options_.users.empty() ? "true" : "false") << "\n";
  out << "persistence " << (options_.persistence ? "true" : "false") << "\n";
  if (options_.persistence) out << "persistence_location " << directory_ << "/\n";
  if (!options_.users.empty()) {
    const std::string passwords = directory_ + "/passwords";
    std::ofstream(passwords).flush();
    for (const auto& user : options_.users) {
      const pid_t child =
          spawn({program("mosquitto_passwd"), "-b", passwords, user.first, user.second}, directory_ + "/log");
      if (child > 0) waitpid(child, nullptr, 0);
    }
    out << "password_file " << passwords << "\n";
  }
  if (!options_.acl.empty()) {
    std::ofstream(directory_ + "/acl") << options_.acl;
    out << "acl_file " << directory_ << "/acl\n";
  }
  for (const std::string& line : options_.lines) out << line << "\n";
}

}  // namespace aisle::fakes
