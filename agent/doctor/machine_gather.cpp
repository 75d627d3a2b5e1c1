#include <linux/wireless.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cmath>
#include <cstring>

#include "agent/doctor/machine.hpp"

namespace aisle::doctor {
namespace {

// "MemAvailable:   12345 kB".
std::optional<std::uint64_t> field(const std::optional<std::string>& text, std::string_view name) {
  if (!text) return std::nullopt;
  const auto at = text->find(name);
  if (at == std::string::npos) return std::nullopt;
  const auto digits = text->find_first_of("0123456789", at + name.size());
  std::uint64_t value = 0;
  if (digits == std::string::npos) return std::nullopt;
  std::from_chars(text->data() + digits, text->data() + text->size(), value);
  return value;
}

// As the wireless extensions tell it, mantissa and exponent in Hz; nothing where they do not. What is below 1,000 is
// the number of a channel.
std::optional<double> frequency_of(const std::string& interface) {
  constexpr double kGiga = 1e9;
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return std::nullopt;
  iwreq request{};
  interface.copy(request.ifr_ifrn.ifrn_name, IFNAMSIZ - 1);
  const bool told = ioctl(fd, SIOCGIWFREQ, &request) == 0;
  close(fd);
  const double hertz = request.u.freq.m * std::pow(10, request.u.freq.e);
  return told && hertz > kGiga ? std::optional(hertz / kGiga) : std::nullopt;
}

}  // namespace

MemoryFacts gather_memory(const Tree& tree, int daemon_pid, std::uint64_t table_bytes) {
  MemoryFacts facts;
  facts.available_kb = field(tree.text("/proc/meminfo"), "MemAvailable:");
  facts.running = daemon_pid > 0;
  facts.table_bytes = table_bytes;
  if (!facts.running) return facts;
  const std::string process = "/proc/" + std::to_string(daemon_pid);
  facts.proportional_kb = field(tree.text(process + "/smaps_rollup"), "\nPss:");
  facts.resident_kb = field(tree.text(process + "/status"), "\nVmRSS:");
  return facts;
}

WifiFacts gather_wifi(const Tree& tree) {
  WifiFacts facts;
  facts.model = tree.line("/proc/device-tree/model").value_or("");
  for (const auto& name : tree.names("/sys/class/net")) {
    const std::string folder = "/sys/class/net/" + name;
    if (!tree.exists(folder + "/wireless") && !tree.exists(folder + "/phy80211")) continue;
    if (!facts.up) facts.interface = name;
    facts.up = facts.up || tree.line(folder + "/operstate") == "up";
  }
  if (facts.up) facts.ghz = frequency_of(facts.interface);
  return facts;
}

// Bits of get_throttled: 0 under-voltage now, 2 throttled now, 16 under-voltage since the start.
PowerFacts gather_power(const Tree& tree) {
  PowerFacts facts;
  if (const auto word = tree.line("/sys/devices/platform/soc/soc:firmware/get_throttled")) {
    unsigned bits = 0;
    const char* const begin = word->data() + (word->starts_with("0x") ? 2 : 0);
    facts.known = std::from_chars(begin, word->data() + word->size(), bits, 16).ec == std::errc();
    facts.low_now = (bits & 1U) != 0;
    facts.throttled_now = (bits & 4U) != 0;
    facts.low_before = (bits & 0x10000U) != 0;
  }
  for (const auto& sensor : tree.names("/sys/class/hwmon")) {
    const std::string folder = "/sys/class/hwmon/" + sensor;
    if (tree.line(folder + "/name") != "rpi_volt") continue;
    for (const char* alarm : {"/in0_lcrit_alarm", "/in1_lcrit_alarm"}) {
      const auto low = tree.number(folder + alarm);
      facts.known = facts.known || low.has_value();
      facts.low_now = facts.low_now || low.value_or(0) != 0;
    }
  }
  return facts;
}

}  // namespace aisle::doctor
