// radio_listen bluez|hci|sdbus BUS_ADDRESS, or radio_listen descriptor NUMBER.
#include "tests/bench/radio/listen.hpp"

#include <cstdio>
#include <cstdlib>

namespace aisle::radio {

void say_ready() {
  std::puts("ready");
  std::fflush(stdout);
}

namespace {

int run(const std::string& way, const std::string& where) {
  // Blocked before any thread begins: only who waits for it gets it.
  sigset_t end;
  sigemptyset(&end);
  sigaddset(&end, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &end, nullptr);
  if (way == "bluez") return listen_bluez(where, end);
  if (way == "hci") return listen_hci(where, end);
  if (way == "sdbus") return listen_sdbus(where, end);
  if (way == "descriptor") return listen_descriptor(std::atoi(where.c_str()), end);
  return 2;
}

}  // namespace
}  // namespace aisle::radio

int main(int argc, char** argv) {
  const int code = argc == 3 ? aisle::radio::run(argv[1], argv[2]) : 2;
  if (code == 2) std::fputs("usage: radio_listen bluez|hci|sdbus BUS_ADDRESS | descriptor NUMBER\n", stderr);
  return code;
}
