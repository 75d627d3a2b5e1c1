#include "tests/e2e/agent/shop.hpp"

#include <algorithm>

namespace aisle::e2e {

fakes::BrokerOptions patient_broker(bool persistence) {
  fakes::BrokerOptions options;
  options.persistence = persistence;
  options.lines = {"max_queued_messages 0", "log_type error", "log_type warning", "log_type subscribe"};
  return options;
}

void Shop::write_files(const Walk& walk, Settings setup) const {
  setup.port = broker.port();
  site.configure(setup);
  site.write("customers.jsonl", walk_customers(walk.customers));
  site.write("offers.jsonl", walk_offers());
  site.write("keys.jsonl", walk_keys());
  site.write("walk.jsonl", walk_recording(walk));
}

void Shop::stock(const Walk& walk, Settings setup) const {
  write_files(walk, std::move(setup));
  for (const char* dataset : {"customers", "offers", "keys"}) {
    [[maybe_unused]] const auto trouble = site.import(dataset, std::string(dataset) + ".jsonl");
  }
}

std::size_t Shop::subscriptions() const {
  std::size_t count = 0;
  for (const auto& line : fakes::whole_lines(fakes::read_file(broker.directory() + "/log"))) {
    if (line.find("aisle-cloud-") != std::string::npos && line.find("/evt/#") != std::string::npos) ++count;
  }
  return count;
}

bool Shop::open_cloud(const std::vector<std::string>& more) {
  close_cloud();
  const auto before = subscriptions();
  fakes::Command command;
  command.argv = {AISLECTL,  "cloud", "--broker", "127.0.0.1:" + std::to_string(broker.port()),
                  "--store", "s1",    "--json"};
  command.argv.insert(command.argv.end(), more.begin(), more.end());
  command.out = site.file("feed.jsonl");
  command.err = site.file("cloud.log");
  cloud_ = fakes::Process(command);
  return fakes::eventually([&] { return subscriptions() > before; });
}

bool Shop::open_serving_cloud() {
  return open_cloud({"--offers", site.file("offers.jsonl"), "--customers", site.file("customers.jsonl"), "--keys",
                     site.file("keys.jsonl")});
}

std::vector<json> Shop::feed_of(const std::string& type) const {
  std::vector<json> out;
  for (auto& event : feed()) {
    if (short_type(event) == type) out.push_back(std::move(event));
  }
  return out;
}

json Shop::last_applied(const std::string& dataset) const {
  json last;
  for (const auto& event : feed_of("sync.applied")) {
    if (event["data"]["dataset"] == dataset) last = event["data"];
  }
  return last;
}

json Shop::retained_status() const {
  const auto got = fakes::run({"/usr/bin/mosquitto_sub", "-p", std::to_string(broker.port()), "-t",
                               "aisle/v1/s1/g1/status", "--retained-only", "-C", "1", "-W", "10"});
  return json::parse(got.out, nullptr, false);
}

std::vector<json> decisions_of(std::vector<json> events) {
  std::ranges::sort(events, {}, [](const json& event) { return event.value("sequence", ""); });
  std::vector<json> out;
  for (auto& event : events) {
    const auto type = short_type(event);
    if (!type.starts_with("visit.") && !type.starts_with("zone.") && !type.starts_with("offer.")) continue;
    event["data"].erase("latency_us");
    out.push_back({{"type", type}, {"time", event["time"]}, {"data", event["data"]}});
  }
  return out;
}

}  // namespace aisle::e2e
