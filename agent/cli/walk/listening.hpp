// One advert after another of what is on the air.
#pragma once

#include <functional>
#include <string>

#include "agent/cli/air.hpp"

namespace aisle::cli {

class Listening {
 public:
  explicit Listening(Air& air) : air_(air) {}

  struct Moment {
    const scan::Heard* heard = nullptr;  // null: the time passed, and nothing was heard
    SteadyTime now{};
  };
  // False: that was enough. What came in the same breath is kept for the next time, where the source waits for us.
  using Take = std::function<bool(const Moment& moment)>;
  // From now on, until `take` has enough or nothing comes any more (then false). Error: the air's.
  Result<bool> listen(const Take& take);

  [[nodiscard]] const std::string& radio() const { return batch_.radio; }

 private:
  Air& air_;
  scan::Batch batch_;
  std::size_t next_ = 0;
};

}  // namespace aisle::cli
