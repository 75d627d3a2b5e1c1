// The other ends of the measurement: a consumer, and a publisher that is libmosquitto and nothing else.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

struct mosquitto;

namespace aisle::bench {

// Subscribes "#" with QoS 0, so that the broker has somebody to deliver to, and counts. A thread of the library's.
class Consumer {
 public:
  explicit Consumer(std::uint16_t port);
  ~Consumer();
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;
  [[nodiscard]] bool subscribed() const { return subscribed_; }
  [[nodiscard]] std::uint64_t received() const { return received_; }

 private:
  mosquitto* client_;
  std::atomic<bool> subscribed_{false};
  std::atomic<std::uint64_t> received_{0};
};

// Publishes `count` messages with QoS 1, topic and properties as the events have them, `window` in flight (0: as many
// as the broker allows), on this thread, as the library's own documentation drives it. Events a second, 0 when it
// failed.
[[nodiscard]] double publish_bare(std::uint16_t port, std::uint64_t count, std::uint64_t window,
                                  const std::string& topic, const std::string& payload);

}  // namespace aisle::bench
