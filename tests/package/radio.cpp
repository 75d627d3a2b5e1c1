// A virtual radio for the gateway in the guest: `records DIR` writes the datasets that make a phone a customer, `run`
// plugs the radio in and lets that phone advertise until it is killed.
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "tests/bluez/guest/air.hpp"

namespace {

constexpr int kCustomers = 20;

int write_records(const std::string& folder) {
  std::ofstream(folder + "/customers.jsonl") << aisle::rig::phone_customers(kCustomers);
  std::ofstream(folder + "/keys.jsonl") << aisle::rig::phone_keys(kCustomers);
  return 0;
}

int run() {
  aisle::rig::VirtualController controller({});
  if (const auto plugged = controller.plug(); !plugged) {
    std::fprintf(stderr, "%s\n", plugged.error().message().c_str());
    return 1;
  }
  aisle::rig::Air air(controller);
  air.arrive({1});
  for (;;) pause();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "";
  if (verb == "records" && argc == 3) return write_records(argv[2]);
  if (verb == "run") return run();
  std::fprintf(stderr, "usage: package_radio records DIR | run\n");
  return 2;
}
