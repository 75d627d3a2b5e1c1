#include "agent/cli/stop_signal.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

namespace aisle::cli {
namespace {

sigset_t both() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

StopSignal::StopSignal() {
  const sigset_t set = both();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

StopSignal::~StopSignal() {
  close(signals_);
  const sigset_t set = both();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

bool StopSignal::to_stop() const {
  signalfd_siginfo info{};
  return read(signals_, &info, sizeof info) == static_cast<ssize_t>(sizeof info);
}

}  // namespace aisle::cli
