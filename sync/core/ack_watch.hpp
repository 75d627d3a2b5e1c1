// Notices when the broker has let a publish wait too long for its acknowledgement though the connection lives. On the
// core loop.
#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "agent/base/loop.hpp"

namespace aisle::sync {

class AckWatch {
 public:
  // `overdue` is called once; after that only for what is sent after `clear`.
  AckWatch(Loop& loop, Duration patience, std::function<void()> overdue);
  ~AckWatch();
  AckWatch(const AckWatch&) = delete;
  AckWatch& operator=(const AckWatch&) = delete;

  // Tokens rise.
  void sent(std::uint64_t token);
  void answered(std::uint64_t token) { waiting_.erase(token); }
  // The connection is over.
  void clear();

 private:
  void arm(Duration delay);
  void look();

  Loop& loop_;
  Duration patience_;
  std::function<void()> overdue_;
  std::map<std::uint64_t, SteadyTime> waiting_;  // since when
  bool told_ = false;
  TimerId timer_ = 0;  // 0: not set
};

}  // namespace aisle::sync
