#include <stdexcept>
#include <thread>

#include "tests/bench/radio/listener.hpp"
#include "tests/bench/radio/native.hpp"
#include "tests/bench/radio/stand_in.hpp"
#include "tests/fakes/bluez/private_bus.hpp"

namespace aisle::radio {

Figures measure_bus(const Cell& cell, std::chrono::milliseconds length) {
  const fakes::PrivateBus bus;
  StandIn bluetoothd(bus.address(), load_of(cell, length));
  Listener listener(cell.way, bus.address());
  if (!listener.ready()) throw std::runtime_error(cell.way + " does not hear: " + listener.trouble());
  std::this_thread::sleep_for(kSettle);
  const auto listener_before = listener.cpu();
  const auto bus_before = cpu_of_process(bus.pid());
  const auto sent = bluetoothd.send();
  std::this_thread::sleep_for(kSettle);
  Figures out;
  out.listener = listener.cpu() - listener_before;
  out.bus = cpu_of_process(bus.pid()) - bus_before;
  out.sender = sent.cpu;
  out.sent = sent.adverts;
  read_report(listener.finish(), out);
  return out;
}

}  // namespace aisle::radio
