// Phones with the customer app in front of a virtual controller: they advertise their tokens again and again until they
// leave. Thread-safe; the adverts come from a thread of its own.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/bluez/controller/virtual_controller.hpp"

namespace aisle::rig {

struct Phone {
  int number = 1;  // customer "c-<number>" with device ordinal <number>
  int rssi = -55;
  std::chrono::milliseconds every{250};
  PduKind kind = PduKind::nonconn;
  bool private_address = false;  // one that a phone changes every quarter of an hour, else one for good
};

// The records that make these phones customers: consent to everything since last year, and today's and tomorrow's keys.
[[nodiscard]] std::string phone_customers(int count);
[[nodiscard]] std::string phone_keys(int count);
// The advertising data of a phone at a time.
[[nodiscard]] Bytes phone_payload(int number, std::int64_t unix_s);
// What a phone sends now.
[[nodiscard]] Advertisement phone_advert(const Phone& phone);

class Air {
 public:
  explicit Air(VirtualController& controller);
  ~Air();
  Air(const Air&) = delete;
  Air& operator=(const Air&) = delete;

  void arrive(const Phone& phone);
  void move(int number, int rssi);
  void leave(int number);
  // Things that are always there: static beacons of the store, `count` of them, each once a second.
  void furnish(int count);

 private:
  struct Emitter {
    Phone phone;
    bool beacon = false;
    std::chrono::steady_clock::time_point due;
  };
  void run();

  VirtualController& controller_;
  std::mutex mutex_;
  std::vector<Emitter> emitters_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace aisle::rig
