// One process owns a state directory: an flock on <dir>/aisle.lock, which the kernel releases when the process ends.
#pragma once

#include <string>

#include "agent/base/result.hpp"

namespace aisle::store {

class StateLock {
 public:
  // `directory` must exist. Error: cannot be created, or names the process that holds it.
  static Result<StateLock> acquire(const std::string& directory);
  StateLock(StateLock&& other) noexcept;
  StateLock& operator=(StateLock&& other) noexcept;
  StateLock(const StateLock&) = delete;
  StateLock& operator=(const StateLock&) = delete;
  ~StateLock();

 private:
  explicit StateLock(int fd) : fd_(fd) {}
  void release();
  int fd_;
};

}  // namespace aisle::store
