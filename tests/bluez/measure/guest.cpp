// radio_guest: one cell of the measurement, inside the guest: a system bus, bluetoothd, a virtual controller under load
// and one listener. Prints "begin" and "end" around the load, with silence on either side for whoever takes
// the host's CPU time, then one JSON object. Fails where the radio did not scan all the time.
#include <fmt/format.h>
#include <systemd/sd-bus.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

#include "tests/bench/radio/listener.hpp"
#include "tests/bluez/controller/virtual_controller.hpp"
#include "tests/bluez/measure/kernel_scan.hpp"
#include "tests/fakes/bluez/private_bus.hpp"

namespace aisle::radio {
namespace {

using nlohmann::json;

struct Options {
  std::string way = "none";  // hci, bluez, sdbus, bleak; none: the kernel scans and nobody listens
  std::uint32_t rate = 2600;
  std::uint32_t devices = 500;
  double seconds = 4;
  double warm_up = 2;  // before, at the same rate, so that bluetoothd knows the devices
  bool experimental = true;
};

constexpr milliseconds kSilence{400};
constexpr seconds kDrain{1};            // after the load, for what is still on its way
constexpr Duration kChannelStep{1000};  // of an advert's three channels, first to last (controller/scan_duty.cpp)
constexpr int kChannels = 3;

void say(const std::string& line) {
  std::puts(line.c_str());
  std::fflush(stdout);
}

fakes::Process start_bluetoothd(const fakes::PrivateBus& bus, bool experimental, const fakes::TempDir& folder) {
  const char* tree = std::getenv("AISLE_RIG_BLUEZ");
  fakes::Command command;
  command.argv = {std::string(tree != nullptr ? tree : ".") + "/bluetoothd", "-n"};
  if (experimental) command.argv.emplace_back("--experimental");
  command.env = {{"DBUS_SYSTEM_BUS_ADDRESS", bus.address()}};
  command.err = folder.file("bluetoothd.log");
  return fakes::Process(command);
}

bool switch_on(const std::string& address) {
  sd_bus* raw = nullptr;
  sd_bus_new(&raw);
  const std::unique_ptr<sd_bus, sd_bus* (*)(sd_bus*)> bus(raw, &sd_bus_flush_close_unref);
  sd_bus_set_address(raw, address.c_str());
  sd_bus_set_bus_client(raw, 1);
  return sd_bus_start(raw) >= 0 && sd_bus_set_property(raw, "org.bluez", "/org/bluez/hci0", "org.bluez.Adapter1",
                                                       "Powered", nullptr, "b", 1) >= 0;
}

class Cell {
 public:
  explicit Cell(Options options) : options_(std::move(options)), controller_(controller_options()) {}

  json run() {
    if (!controller_.plug()) throw std::runtime_error("no /dev/vhci");
    options_.way == "none" ? scan_alone() : start_listener();
    if (!fakes::eventually([this] { return controller_.state().scanning; }))
      throw std::runtime_error("the radio does not scan");
    check_duty();
    (void)load(options_.warm_up, true);
    std::this_thread::sleep_for(kSilence);
    const auto before = costs();
    const auto radio_before = controller_.state();
    say("begin");
    std::this_thread::sleep_for(kSilence);
    const auto report = load(options_.seconds, false);
    std::this_thread::sleep_for(kDrain);
    say("end");
    std::this_thread::sleep_for(kSilence);
    check_duty();
    json out = {{"sent", report.sent},
                {"heard", report.count(rig::Outcome::reported)},
                {"elapsed_s", std::chrono::duration<double>(report.elapsed).count()},
                {"late_max_us", report.late_max.count()},
                {"window_us", controller_.state().scan_window.count()},
                {"interval_us", controller_.state().scan_interval.count()},
                {"scan_starts", controller_.state().scan_starts - radio_before.scan_starts},
                {"filtered", report.count(rig::Outcome::filtered)},
                {"not_scanning", report.count(rig::Outcome::not_scanning)}};
    const auto after = costs();
    for (const auto& [who, cpu] : after.items()) out[who] = cpu.get<double>() - before.at(who).get<double>();
    if (listener_) out["listener"] = listener_->finish();
    return out;
  }

 private:
  static rig::ControllerOptions controller_options() {
    rig::ControllerOptions out;
    out.model_duty = true;
    return out;
  }

  void scan_alone() {
    if (!fakes::eventually([this] { return controller_.state().index.has_value(); }))
      throw std::runtime_error("no controller");
    if (const auto scanning = scan_without_listener(*controller_.state().index); !scanning)
      throw std::runtime_error(scanning.error().message());
  }

  void start_listener() {
    bus_.emplace();
    bluetoothd_ = start_bluetoothd(*bus_, options_.experimental, folder_);
    // Only our sources wait for an adapter and switch it on.
    if (!fakes::eventually([this] { return switch_on(bus_->address()); }))
      throw std::runtime_error("the radio cannot be switched on: " + fakes::read_file(folder_.file("bluetoothd.log")));
    std::this_thread::sleep_for(kSilence);
    listener_.emplace(options_.way, bus_->address());
    if (!listener_->ready())
      throw std::runtime_error(options_.way + " does not hear: " + listener_->trouble() +
                               fakes::read_file(folder_.file("bluetoothd.log")));
    std::this_thread::sleep_for(kSilence);
  }

  // A figure at less than 100 % scan duty would not count.
  void check_duty() const {
    const auto state = controller_.state();
    if (state.scan_window < state.scan_interval) {
      throw std::runtime_error(fmt::format("the radio scans {} us of every {} us: no figure", state.scan_window.count(),
                                           state.scan_interval.count()));
    }
  }

  // Raised by what a radio misses that always listens, while it changes channels, so that it hears the rate. Adverts
  // that warm up bear no number.
  rig::ProgramReport load(double length_s, bool warming) {
    const auto interval = controller_.state().scan_interval;
    const double missed = static_cast<double>(kChannelStep.count()) / static_cast<double>(kChannels * interval.count());
    rig::LoadSpec spec;
    spec.devices = options_.devices;
    spec.per_second = static_cast<std::uint32_t>(options_.rate / (1 - missed));
    spec.length = Duration(static_cast<std::int64_t>(length_s * 1e6));
    if (warming) {
      spec.payload = [](const rig::LoadAdvert& advert) {
        Bytes out = rig::numbered_payload(advert);
        out[kTagAt] = std::byte{0};
        return out;
      };
    }
    return controller_.load(std::move(spec));
  }

  // Microseconds, as the guest's kernel books them.
  [[nodiscard]] json costs() const {
    const auto us = [](std::chrono::nanoseconds cpu) { return static_cast<double>(cpu.count()) * 1e-3; };
    json out = {{"injector_us", us(controller_.cpu_time())}};
    if (!listener_) return out;
    out["listener_us"] = us(listener_->cpu());
    out["bluetoothd_us"] = us(cpu_of_process(bluetoothd_.pid()));
    out["bus_us"] = us(cpu_of_process(bus_->pid()));
    return out;
  }

  static constexpr std::size_t kTagAt = 7;  // of the numbered payload

  const Options options_;
  const fakes::TempDir folder_;
  rig::VirtualController controller_;
  std::optional<fakes::PrivateBus> bus_;
  fakes::Process bluetoothd_;
  std::optional<Listener> listener_;
};

}  // namespace
}  // namespace aisle::radio

int main(int argc, char** argv) {
  aisle::radio::Options options;
  CLI::App app("One cell of the rig's measurement.");
  app.add_option("--way", options.way, "none, hci, bluez, sdbus, bleak");
  app.add_option("--rate", options.rate, "adverts a second that the radio hears");
  app.add_option("--devices", options.devices, "how many send them");
  app.add_option("--seconds", options.seconds, "of the load");
  app.add_option("--warm-up", options.warm_up, "seconds of load before");
  app.add_option("--experimental", options.experimental, "bluetoothd with advertisement monitors");
  CLI11_PARSE(app, argc, argv);
  try {
    aisle::radio::say(aisle::radio::Cell(options).run().dump());
    return 0;
  } catch (const std::exception& error) {
    aisle::radio::say(std::string("radio_guest: ") + error.what());
    return 1;
  }
}
