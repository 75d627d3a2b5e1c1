#include "tests/sim/faults.hpp"

#include <array>

#include "tests/sim/broker.hpp"
#include "tests/sim/shop.hpp"

namespace aisle::sim {

// Each run has about half the kinds: what hides behind a frequent fault shows where that one is missing.
Faults::Faults(Breakable& core, Broker& broker, Shop& shop, Random& random) : random_(random) {
  add_process_faults(core);
  add_disk_faults(core);
  add_network_faults(broker);
  add_cloud_faults(broker, shop);
  std::vector<Kind> chosen;
  for (const Kind& kind : kinds_) {
    if (random_.below(2) == 0) chosen.push_back(kind);
  }
  if (!chosen.empty()) kinds_ = std::move(chosen);
}

std::string Faults::strike() {
  const Kind& kind = kinds_[random_.below(kinds_.size())];
  kind.strike();
  return kind.name;
}

void Faults::add_process_faults(Breakable& core) {
  kinds_.push_back({"kill -9", [&core] { core.crash(); }});
  kinds_.push_back({"kill -9 at a call", [this, &core] { core.crash_at_disk_call(random_.below(80), false); }});
  kinds_.push_back({"kill -9 at a task", [this, &core] { core.crash_at_task(random_.below(200), false); }});
  kinds_.push_back({"power cut", [&core] { core.cut_power(); }});
  kinds_.push_back({"power cut at a call", [this, &core] { core.crash_at_disk_call(random_.below(80), true); }});
  kinds_.push_back({"power cut at a task", [this, &core] { core.crash_at_task(random_.below(200), true); }});
  kinds_.push_back({"restart", [&core] { core.restart_cleanly(); }});
  // Corrections by NTP, or a clock that is wrong by hours (not past midnight UTC: see README.md).
  const Duration most = random_.below(2) == 0 ? seconds(60) : std::chrono::hours(2);
  kinds_.push_back({"clock jump", [this, &core, most] { core.jump_clock(between(-most, most)); }});
}

// A run has syncs that fail or a disk that fills up: what a failed sync left torn cannot be written anew without room,
// and is not promised to survive then.
void Faults::add_disk_faults(Breakable& core) {
  const bool fills_up = random_.below(2) == 0;
  constexpr std::array kNames = {"reads fail", "writes fail", "truncations fail", "syncs fail"};
  for (std::size_t call = 0; call < kNames.size(); ++call) {
    if (fills_up && call + 1 == kNames.size()) continue;
    kinds_.push_back({kNames.at(call), [this, &core, call] {
                        core.fail_disk(static_cast<int>(call), random_.below(20), 1 + random_.below(5));
                      }});
  }
  kinds_.push_back({"reads of rows fail", [this, &core] {
                      core.fail_reads(1 + random_.below(12));
                      if (random_.below(2) == 0) core.crash();
                    }});
  kinds_.push_back({"bit rot", [&core] { core.rot_disk(); }});
  if (fills_up) kinds_.push_back({"disk full", [this, &core] { core.fill_disk(between(seconds(5), seconds(900))); }});
  kinds_.push_back({"disk slow", [this, &core] {
                      core.slow_disk(between(milliseconds(50), seconds(3)), between(seconds(10), seconds(300)));
                    }});
}

void Faults::add_network_faults(Broker& broker) {
  kinds_.push_back({"link cut", [this, &broker] { broker.cut_link(between(seconds(1), seconds(3000))); }});
  kinds_.push_back({"long outage", [this, &broker] { broker.cut_link(between(seconds(3600), seconds(4 * 3600))); }});
  kinds_.push_back({"half open", [this, &broker] { broker.half_open(between(seconds(1), seconds(300))); }});
  kinds_.push_back({"broker restart", [this, &broker] {
                      broker.restart(between(seconds(1), seconds(120)), between(seconds(0), seconds(10)));
                    }});
  kinds_.push_back({"broker busy", [this, &broker] { broker.be_busy(between(seconds(2), seconds(30))); }});
  kinds_.push_back({"refusals", [this, &broker] { broker.refuse_next(static_cast<unsigned>(1 + random_.below(4))); }});
  kinds_.push_back({"hang-ups", [this, &broker] { broker.hang_up(between(seconds(10), seconds(3600))); }});
  kinds_.push_back(
      {"late acks", [this, &broker] { broker.delay_acknowledgements(between(seconds(10), seconds(300))); }});
  kinds_.push_back({"lost acks", [this, &broker] { broker.lose_acknowledgements(between(seconds(5), seconds(120))); }});
  kinds_.push_back(
      {"repeated acks", [this, &broker] { broker.repeat_acknowledgements(between(seconds(10), seconds(600))); }});
  kinds_.push_back({"take-over", [&broker] { broker.take_over(); }});
}

void Faults::add_cloud_faults(Broker& broker, Shop& shop) {
  kinds_.push_back({"sync mangled", [this, &broker] { broker.mangle_sync(between(seconds(60), seconds(900))); }});
  kinds_.push_back({"sync epoch", [this, &broker] {
                      constexpr std::array kSets = {Dataset::offers, Dataset::customers, Dataset::keys};
                      broker.cloud(kSets.at(random_.below(kSets.size()))).change_epoch();
                      broker.take_over();  // so that the gateway asks
                    }});
  kinds_.push_back({"receiver down", [this, &shop] { shop.receiver_fails(between(seconds(5), seconds(600))); }});
}

}  // namespace aisle::sim
