// When each tracked customer needs attention next. A queued time may be earlier than the true one (adverts only push it
// back, and re-queueing on each of them is wasted work): whoever takes the first checks it and queues it again.
#pragma once

#include <set>

#include "agent/presence/track.hpp"

namespace aisle::presence {

class Deadlines {
 public:
  // Queues or moves.
  void set(Track& track, SteadyTime due);
  // As `set`, but leaves an earlier queued time alone.
  void set_no_later(Track& track, SteadyTime due);
  void remove(Track& track);
  // The earliest, equal times by customer id; nullptr when empty.
  [[nodiscard]] Track* first() const { return queue_.empty() ? nullptr : *queue_.begin(); }

 private:
  struct Order {
    bool operator()(const Track* a, const Track* b) const {
      return a->queued != b->queued ? a->queued < b->queued : a->customer < b->customer;
    }
  };
  std::set<Track*, Order> queue_;
};

}  // namespace aisle::presence
