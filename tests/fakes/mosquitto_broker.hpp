// A real mosquitto on a free loopback port, in a directory of its own. Dies with the test process. Every wait has a
// deadline.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace aisle::fakes {

struct BrokerOptions {
  bool persistence = false;
  std::map<std::string, std::string> users{};  // name to password; empty: anonymous clients are let in
  std::string acl{};                           // text of an acl_file; empty: none
  std::vector<std::string> lines{};            // more configuration lines
};

class MosquittoBroker {
 public:
  explicit MosquittoBroker(BrokerOptions options = {});
  ~MosquittoBroker();
  MosquittoBroker(const MosquittoBroker&) = delete;
  MosquittoBroker& operator=(const MosquittoBroker&) = delete;

  // True when it accepts connections; always on the same port. False after 10 s.
  [[nodiscard]] bool start();
  // Of the next `start`.
  void set_acl(std::string text) { options_.acl = std::move(text); }
  // Before the others.
  void add_line(std::string line) { options_.lines.insert(options_.lines.begin(), std::move(line)); }
  // SIGTERM: clients are disconnected, the persistence file is written.
  void stop();
  // SIGKILL.
  void kill_hard();
  // Starts a subscriber in a process of its own with a session that outlives connections (QoS 1, MQTT 5); it comes back
  // by itself when the broker does. One at most.
  [[nodiscard]] bool subscribe_durably(const std::string& topic);
  // The payloads it has printed so far, one a line.
  [[nodiscard]] std::vector<std::string> durable_lines() const;
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] const std::string& directory() const { return directory_; }

 private:
  void write_configuration() const;
  static void end(pid_t& child, int signal);

  BrokerOptions options_;
  std::string directory_;
  std::uint16_t port_ = 0;
  pid_t child_ = -1;
  pid_t subscriber_ = -1;
};

// A loopback port that nobody listens on now.
[[nodiscard]] std::uint16_t free_port();

}  // namespace aisle::fakes
