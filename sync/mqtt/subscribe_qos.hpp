// With which QoS to subscribe. Internal to sync/mqtt.
#pragma once

namespace aisle::sync {

// A clustered broker may keep a QoS 1 subscription as a queue on one node; while that node is down, others end the
// connection that asks for it (RabbitMQ 3.10), and the gateway could not even publish. So after two connections in a
// row that ended before their subscriptions were answered, the next subscribe with QoS 0, until one that was answered
// has ended.
class SubscribeQos {
 public:
  explicit SubscribeQos(int wanted) : wanted_(wanted) {}
  [[nodiscard]] int current() const { return unanswered_ < kPatience ? wanted_ : 0; }
  // A connection on which we subscribed has ended, and not because we wanted it.
  void ended(bool answered) { unanswered_ = answered ? 0 : unanswered_ + 1; }

 private:
  static constexpr int kPatience = 2;
  int wanted_;
  int unanswered_ = 0;
};

}  // namespace aisle::sync
