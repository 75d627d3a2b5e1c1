#include "tests/e2e/agent/ordeal.hpp"

#include <fmt/format.h>

namespace aisle::e2e {
namespace {

constexpr const char* kMarker = "ready";  // what the durable subscriber prints of its second topic
// More than the gateway's window and its control messages: the broker takes one packet of each client in turn.
constexpr const char* kMarkersToPassTheWindow = "200";

}  // namespace

std::string Ordeal::prepare(Settings settings) {
  if (!shop.broker.start()) return "the broker does not start";
  if (!shop.broker.subscribe_durably("aisle/v1/+/+/evt/#")) return "the subscriber does not subscribe";
  // A clean end writes the persistence file: from here on the session outlives a SIGKILL.
  shop.broker.stop();
  if (!shop.broker.start()) return "the broker does not start again";
  settings.speed = 150;  // 600 s in 4 s
  shop.stock({20, 60, 10, 2}, settings);
  return {};
}

bool Ordeal::marker_passes() const {
  const auto before = markers();
  const auto sent = fakes::run({"/usr/bin/mosquitto_pub", "-p", std::to_string(shop.broker.port()), "-q", "1", "-t",
                                "durable/ready", "-m", kMarker, "--repeat", kMarkersToPassTheWindow});
  const auto all = before + std::stoul(kMarkersToPassTheWindow);
  return sent.exit == 0 && fakes::eventually([&] { return markers() >= all; });
}

std::size_t Ordeal::markers() const {
  std::size_t count = 0;
  for (const auto& line : shop.broker.durable_lines()) count += line == kMarker ? 1U : 0U;
  return count;
}

std::string Ordeal::clean_runs() const {
  auto whole = shop.site.start_aisled({"--exit-when-done"});
  if (whole.wait() != 0) return "the whole run failed: " + shop.site.log();
  shop.site.write("walk.jsonl", "");
  for (int i = 0; i < 5; ++i) {
    auto last = shop.site.start_aisled({"--exit-when-done"});
    if (last.wait() != 0) return "a run over nothing failed: " + shop.site.log();
    if (shop.site.outbox()["rows"] == 0) break;
  }
  const auto left = shop.site.outbox();
  if (left["rows"] != 0) return fmt::format("not all was sent: {}\n{}", left.dump(), shop.site.log());
  return marker_passes() ? "" : "the last markers did not pass";
}

Ledger Ordeal::ledger() const {
  auto lines = shop.broker.durable_lines();
  std::erase(lines, kMarker);
  return Ledger(lines);
}

}  // namespace aisle::e2e
