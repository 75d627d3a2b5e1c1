// One lane of the pump: the events that it holds in memory until the broker has answered for them.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "agent/base/id_ranges.hpp"
#include "agent/base/time.hpp"
#include "agent/store/store.hpp"

namespace aisle::sync {

class Lane {
 public:
  struct Item {
    store::OutboxEvent event;
    bool handed = false;  // was given to a transport before
    unsigned refusals = 0;
    unsigned hang_ups = 0;  // connections that ended when it was sent, with nothing else in flight
    SteadyTime sent{};
  };

  // To be published; within a lane in the order of ids.
  void hold(std::int64_t id, store::OutboxEvent event);
  [[nodiscard]] Item& at(std::int64_t id) { return held_.at(id); }
  // The broker has answered for it, or it need not be sent any more.
  void release(std::int64_t id);

  [[nodiscard]] bool waiting() const { return !unsent_.empty(); }
  [[nodiscard]] std::size_t unsent() const { return unsent_.size(); }
  // The next to be published; only when `waiting`.
  [[nodiscard]] std::int64_t next() const { return *unsent_.begin(); }
  std::int64_t take();
  // It is to be published again.
  void put_back(std::int64_t id) { unsent_.insert(id); }
  [[nodiscard]] bool is_unsent(std::int64_t id) const { return unsent_.contains(id); }

  [[nodiscard]] std::size_t size() const { return held_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  void add_ids(IdRanges& to) const;

 private:
  std::map<std::int64_t, Item> held_;
  std::set<std::int64_t> unsent_;  // of held_
  std::size_t bytes_ = 0;          // of payload
};

}  // namespace aisle::sync
