// Answers every connection with the same bytes after its first packet (CONNECT), then reads on: what a real broker does
// not say on demand. Its own thread, on a free loopback port.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace aisle::fakes {

class StubBroker {
 public:
  // `then_close`: closes after the answer.
  explicit StubBroker(std::string answer, bool then_close = false);
  ~StubBroker();
  StubBroker(const StubBroker&) = delete;
  StubBroker& operator=(const StubBroker&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  void run();
  void serve(int connection);

  std::string answer_;
  bool then_close_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::atomic<bool> quit_{false};
  std::thread thread_;
};

}  // namespace aisle::fakes
