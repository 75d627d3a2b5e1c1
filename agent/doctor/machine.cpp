#include "agent/doctor/machine.hpp"

#include <fmt/format.h>

namespace aisle::doctor {
namespace {

constexpr std::uint64_t kKiBPerMiB = 1024;
constexpr std::uint64_t kLeastMiB = 32, kLittleMiB = 96;
// The daemon in a hostile air stays within 64 MiB; what it knows of customers comes on top, and some of it twice while
// a snapshot is taken over.
constexpr std::uint64_t kDaemonMiB = 64;

}  // namespace

Finding judge_available_memory(const MemoryFacts& facts) {
  const char* const id = "memory.available";
  if (!facts.available_kb) return not_applicable(id, "not known", "/proc/meminfo does not say");
  const std::uint64_t mib = *facts.available_kb / kKiBPerMiB;
  const std::string what = fmt::format("{} MiB of memory are available", mib);
  const char* const fix = "ps -eo rss,comm --sort=-rss | head; stop what is not needed";
  if (mib < kLeastMiB) return failure(id, what, "the kernel is about to end programs, aisled among them", fix);
  if (mib < kLittleMiB) return warning(id, what, "a snapshot of many customers needs more for a while", fix);
  return ok(id, what);
}

Finding judge_daemon_memory(const MemoryFacts& facts) {
  const char* const id = "memory.daemon";
  if (!facts.running) return not_applicable(id, "aisled uses no memory", "it does not run");
  const auto used = facts.proportional_kb ? facts.proportional_kb : facts.resident_kb;
  if (!used)
    return not_applicable(id, "aisled's memory is not known", "this user may not see it: sudo aislectl doctor");
  const std::uint64_t mib = *used / kKiBPerMiB;
  const std::string what =
      fmt::format("aisled uses {} MiB ({})", mib,
                  facts.proportional_kb ? "proportional set size" : "resident; its share needs root to see");
  if (mib <= kDaemonMiB + facts.table_bytes * 2 / kKiBPerMiB / kKiBPerMiB) return ok(id, what);
  return warning(id, what,
                 fmt::format("more than its tables of {} MiB explain", facts.table_bytes / kKiBPerMiB / kKiBPerMiB),
                 "aislectl support-bundle, for whoever looks into it; then sudo systemctl restart aisle-agent");
}

Finding judge_wifi(const WifiFacts& facts) {
  const char* const id = "radio.wifi";
  if (facts.model.find("Raspberry Pi") == std::string::npos)
    return not_applicable(id, "no Raspberry Pi, whose Wi-Fi and Bluetooth share an antenna",
                          facts.model.empty() ? "this machine has no device tree" : "this is a " + facts.model);
  if (facts.interface.empty() || !facts.up) return ok(id, "Wi-Fi is not in use");
  const char* const fix =
      "use the network cable, or 5 GHz: sudo nmcli connection modify NAME 802-11-wireless.band a; or a Bluetooth "
      "dongle";
  if (!facts.ghz) {
    return warning(id, facts.interface + " is in use, on a band that is not known",
                   "on 2.4 GHz it takes the antenna from Bluetooth",
                   std::string("iw dev ") + facts.interface + " link; " + fix);
  }
  if (*facts.ghz > 3) return ok(id, fmt::format("{} is on {:.1f} GHz", facts.interface, *facts.ghz));
  return warning(id, fmt::format("{} is on {:.1f} GHz, beside Bluetooth", facts.interface, *facts.ghz),
                 "both share one antenna: adverts are missed while Wi-Fi sends", fix);
}

Finding judge_power_supply(const PowerFacts& facts) {
  const char* const id = "power.supply";
  const char* const fix = "use the machine's own power supply and a short cable; unplug what draws from its USB ports";
  if (!facts.known) return not_applicable(id, "no sensor of under-voltage", "only a Raspberry Pi has one");
  if (facts.low_now)
    return failure(id, "the supply voltage is too low now", "radios and cards fail without a word below 4.63 V", fix);
  if (facts.low_before)
    return warning(id, "the supply voltage was too low since the start",
                   "radios and cards fail without a word below 4.63 V", fix);
  if (facts.throttled_now)
    return warning(id, "the processor is throttled", "it is too hot", "give the case air; vcgencmd measure_temp");
  return ok(id, "the supply voltage is right");
}

}  // namespace aisle::doctor
