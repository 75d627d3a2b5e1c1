// The ways to hear adverts, each until SIGTERM. All print "ready" once they hear, and their meter's report at the end.
#pragma once

#include <csignal>
#include <string>

namespace aisle::radio {

// Our source `bluez` on a bus.
int listen_bluez(const std::string& bus, const sigset_t& end);
// Our source `hci` with the kernel's socket, the radio controlled over a bus.
int listen_hci(const std::string& bus, const sigset_t& end);
// Our source `hci` on a descriptor of ours, which stands for the kernel's socket; nobody controls a radio.
int listen_descriptor(int descriptor, const sigset_t& end);
// A bare sd-bus client that reads the same signals and nothing else.
int listen_sdbus(const std::string& bus, const sigset_t& end);

void say_ready();

}  // namespace aisle::radio
