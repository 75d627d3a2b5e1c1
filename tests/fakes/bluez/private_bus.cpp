#include "tests/fakes/bluez/private_bus.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <vector>

namespace aisle::fakes {
namespace {

constexpr int kReadyMs = 10'000;

std::filesystem::path make_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "aisle-dbus-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  return pattern;
}

// The limits are those of a session bus, not of the system's: tests send thousands of signals at once.
constexpr const char* kConfig = R"(<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=@SOCKET@</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    @POLICY@
  </policy>
  <limit name="max_incoming_bytes">1000000000</limit>
  <limit name="max_outgoing_bytes">1000000000</limit>
  <limit name="max_message_size">100000000</limit>
</busconfig>
)";

void fill_in(std::string& config, const std::string& mark, const std::string& text) {
  config.replace(config.find(mark), mark.size(), text);
}

void write_config(const std::filesystem::path& folder, const std::string& policy) {
  std::string config = kConfig;
  fill_in(config, "@SOCKET@", (folder / "bus").string());
  fill_in(config, "@POLICY@", policy);
  std::ofstream(folder / "bus.conf") << config;
}

std::string read_all(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Runs in the child between fork and exec: system calls only.
[[noreturn]] void become_daemon(const std::vector<char*>& arguments, int ready, int log) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::fcntl(ready, F_SETFD, 0);
  if (log >= 0) ::dup2(log, STDERR_FILENO);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

// dbus-daemon prints its address once it listens.
bool wait_until_ready(int fd) {
  pollfd waiting{fd, POLLIN, 0};
  char first = 0;
  return ::poll(&waiting, 1, kReadyMs) == 1 && ::read(fd, &first, 1) == 1;
}

}  // namespace

PrivateBus::PrivateBus(const std::string& policy) : folder_(make_folder()) {
  // Whether other users may connect is for the policy to say.
  std::filesystem::permissions(folder_, std::filesystem::perms{0755});
  write_config(folder_, policy);
  start();
}

PrivateBus::~PrivateBus() {
  kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string PrivateBus::address() const {
  return "unix:path=" + (folder_ / "bus").string();
}

void PrivateBus::start() {
  std::array<int, 2> ready{};
  if (::pipe2(ready.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
  std::vector<std::string> words = {"dbus-daemon", "--nofork", "--nopidfile",
                                    "--config-file=" + (folder_ / "bus.conf").string(),
                                    "--print-address=" + std::to_string(ready[1])};
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const int log = ::open((folder_ / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  daemon_ = ::fork();
  if (daemon_ == 0) become_daemon(arguments, ready[1], log);
  ::close(ready[1]);
  ::close(log);
  const bool up = wait_until_ready(ready[0]);
  ::close(ready[0]);
  if (!up) throw std::runtime_error("dbus-daemon did not start: " + read_all(folder_ / "log"));
}

void PrivateBus::signal(int number) const {
  if (daemon_ > 0) ::kill(daemon_, number);
}

void PrivateBus::kill() {
  if (daemon_ <= 0) return;
  ::kill(daemon_, SIGKILL);
  ::waitpid(daemon_, nullptr, 0);
  daemon_ = -1;
}

}  // namespace aisle::fakes
