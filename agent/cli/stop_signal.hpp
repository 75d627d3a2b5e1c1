// SIGTERM and SIGINT for a verb that goes on until it is told to stop, and then has something left to say.
#pragma once

namespace aisle::cli {

// While it lives the two do not end the program. Made before there are other threads, which inherit that.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  [[nodiscard]] bool to_stop() const;

 private:
  int signals_;
};

}  // namespace aisle::cli
