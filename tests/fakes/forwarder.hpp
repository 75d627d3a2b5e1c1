// A TCP forwarder between a client and a server on loopback that can go silent: its connections stay open and nothing
// comes through any more, as when a router drops a connection without a word. Its own thread; dies with the object.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <thread>

namespace aisle::fakes {

class Forwarder {
 public:
  // Listens on a free loopback port; 0 in `port()` when that failed.
  explicit Forwarder(std::uint16_t to);
  ~Forwarder();
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  // From now on nothing is read, written or closed on the connections that are there; new ones are served.
  void silence() { silences_ = silences_ + 1; }
  // Connections served so far.
  [[nodiscard]] int served() const { return served_; }

 private:
  struct Pair {
    int client = -1, server = -1;
    bool silent = false;
  };
  void run();
  void take_new();
  void carry(Pair& pair, short client_events, short server_events);

  std::uint16_t to_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::atomic<bool> quit_{false};
  std::atomic<int> silences_{0};
  std::atomic<int> served_{0};
  std::list<Pair> pairs_;  // of the thread
  std::thread thread_;
};

}  // namespace aisle::fakes
