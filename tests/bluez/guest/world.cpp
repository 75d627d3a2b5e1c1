#include "tests/bluez/guest/world.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <stdexcept>
#include <thread>

#include "tests/bluez/guest/air.hpp"

namespace aisle::rig {
namespace {

constexpr int kCustomers = 20;
constexpr std::array kDatasets{"customers", "keys", "offers"};

// Imports the three files, or copies what that has made of the same ones before: a program takes a third of a second
// here.
std::string stock(const e2e::Site& site) {
  namespace fs = std::filesystem;
  static std::map<std::string, fakes::TempDir> stocked;
  std::string all;
  for (const auto* dataset : kDatasets) all += fakes::read_file(site.file(std::string(dataset) + ".jsonl"));
  if (const auto found = stocked.find(all); found != stocked.end()) {
    fs::copy(found->second.path(), site.state_dir(), fs::copy_options::recursive);
    return "";
  }
  for (const auto* dataset : kDatasets) {
    if (auto trouble = site.import(dataset, std::string(dataset) + ".jsonl"); !trouble.empty()) return trouble;
  }
  fs::copy(site.state_dir(), stocked[all].path(), fs::copy_options::recursive);
  return "";
}

std::string tail_of(const std::string& text, std::size_t bytes = 3000) {
  return text.size() <= bytes ? text : text.substr(text.size() - bytes);
}

}  // namespace

WorldOptions options_of(const std::string& way) {
  WorldOptions out;
  out.source = way;
  if (way != "hci_passive") return out;
  out.source = "hci";
  out.experimental = true;
  out.ble = "scanning = \"passive\"";
  return out;
}

bool eventually(const std::function<bool()>& so, milliseconds within) {
  const auto end = std::chrono::steady_clock::now() + within;
  while (!so()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(milliseconds(200));
  }
  return true;
}

World::World(WorldOptions options) : options_(std::move(options)), bus_(options_.policy) {
  controllers_.push_back(std::make_unique<VirtualController>(options_.controller));
}

VirtualController& World::add_controller(const ControllerOptions& options) {
  controllers_.push_back(std::make_unique<VirtualController>(options));
  return *controllers_.back();
}

void World::configure() {
  const auto& site = shop_.site;
  site.write("aisle.toml",
             fmt::format("[store]\nid = \"s1\"\ngateway = \"g1\"\ntimezone = \"Europe/Madrid\"\n"
                         "[ble]\nsource = \"{}\"\n{}\n"
                         "[sync]\nhost = \"127.0.0.1\"\nport = {}\nretry_spread_s = 0\nretry_max_s = 1\n"
                         "[[zones]]\nid = \"coffee\"\nreceivers = [\"g1\"]\nenter_rssi = -68\nexit_rssi = -76\n{}",
                         options_.source, options_.ble, shop_.broker.port(), options_.zones));
  site.write("customers.jsonl", phone_customers(kCustomers));
  site.write("keys.jsonl", phone_keys(kCustomers));
  site.write("offers.jsonl",
             R"({"id":"latte","version":1,"content":{"en":{"title":"Latte","body":"Half price"}},"zones":["coffee"],)"
             R"("trigger":"enter","priority":1})"
             "\n");
}

std::string World::start() {
  if (!shop_.broker.start()) return "the broker does not start";
  configure();
  if (auto trouble = stock(shop_.site); !trouble.empty()) return trouble;
  if (!shop_.open_cloud()) return "the cloud does not connect";
  for (const auto& controller : controllers_) {
    if (const auto plugged = controller->plug(); !plugged) return plugged.error().message();
  }
  start_bluetoothd();
  start_aisled();
  if (!reaches(options_.state, seconds(30))) return "aisled is not " + options_.state + "\n" + trouble();
  return "";
}

void World::start_bluetoothd() {
  const char* folder = std::getenv("AISLE_RIG_BLUEZ");
  fakes::Command command;
  command.argv = {std::string(folder != nullptr ? folder : ".") + "/bluetoothd", "-n"};
  if (options_.experimental) command.argv.emplace_back("--experimental");
  command.env = {{"DBUS_SYSTEM_BUS_ADDRESS", bus_.address()}};
  command.err = shop_.site.file("bluetoothd.log");
  bluetoothd_ = fakes::Process(command);
}

void World::end_bluetoothd(int signal) {
  bluetoothd_.signal(signal);
  (void)bluetoothd_.wait();
}

void World::start_aisled() {
  give_files();
  fakes::Command command;
  command.argv = options_.wrapper;
  for (const auto& word : {std::string(AISLED), std::string("--config"), shop_.site.file("aisle.toml"),
                           std::string("--state-dir"), shop_.site.state_dir()}) {
    command.argv.push_back(word);
  }
  command.env = {{"RUNTIME_DIRECTORY", ""}, {"DBUS_SYSTEM_BUS_ADDRESS", bus_.address()}};
  command.out = shop_.site.file("aisled.out");
  command.err = shop_.site.file("aisled.log");
  aisled_ = fakes::Process(command);
}

void World::give_files() const {
  if (options_.user == 0) return;
  const auto give = [this](const std::filesystem::path& path) {
    if (::chown(path.c_str(), options_.user, options_.user) != 0)
      throw std::runtime_error("cannot give " + path.string() + " away");
  };
  const std::filesystem::path folder = std::filesystem::path(shop_.site.state_dir()).parent_path();
  give(folder);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) give(entry.path());
}

json World::status() const {
  const auto now = shop_.site.status();
  return now.is_object() ? now : json::object();
}

json World::source() const {
  const auto now = status();
  return now.contains("source") ? now["source"] : json::object();
}

json World::radio(std::size_t number) const {
  const auto now = source();
  if (!now.contains("radios") || now["radios"].size() <= number) return json::object();
  return now["radios"][number];
}

std::string World::state() const {
  return source().value("state", "");
}

std::uint64_t World::adverts() const {
  const auto now = source();
  if (!now.contains("counters")) return 0;
  // Through bluez where source hci may not hear for itself.
  return now["counters"].value("adverts", std::uint64_t{0}) + now["counters"].value("bluez_adverts", std::uint64_t{0});
}

bool World::reaches(const std::string& state, milliseconds within) const {
  return eventually([&] { return this->state() == state; }, within);
}

bool World::hears_more(milliseconds within) const {
  const auto before = adverts();
  return eventually([&] { return adverts() > before + 2; }, within);
}

std::string World::trouble() const {
  const auto state = controllers_.front()->state();
  return fmt::format(
      "aisled: {}\nbluetoothd: {}\nstatus: {}\ncontroller: scanning {}, reported {}, unknown commands {:04x}\n",
      tail_of(shop_.site.log()), tail_of(fakes::read_file(shop_.site.file("bluetoothd.log"))), source().dump(),
      state.scanning, state.reported, fmt::join(state.last_unknown, " "));
}

}  // namespace aisle::rig
