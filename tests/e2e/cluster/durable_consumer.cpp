#include "tests/e2e/cluster/durable_consumer.hpp"

namespace aisle::e2e {

std::vector<std::string> DurableConsumer::arguments(std::uint16_t port) {
  return {"/usr/bin/mosquitto_sub",
          "-V",
          "mqttv311",
          "-h",
          "127.0.0.1",
          "-p",
          std::to_string(port),
          "-i",
          "consumer",
          "-c",
          "-q",
          "1",
          "-t",
          "aisle/v1/+/+/evt/#"};
}

bool DurableConsumer::subscribe(std::uint16_t port) const {
  auto argv = arguments(port);
  argv.emplace_back("-E");
  // A cluster that has only just come up may refuse at first.
  return fakes::eventually([&] { return fakes::run(argv, {}, std::chrono::seconds(10)).exit == 0; });
}

void DurableConsumer::open(std::uint16_t port) {
  process_ = {};
  fakes::Command command;
  command.argv = arguments(port);
  command.out = output(++connections_);
  process_ = fakes::Process(command);
}

std::vector<std::string> DurableConsumer::payloads() const {
  std::vector<std::string> out;
  for (int connection = 1; connection <= connections_; ++connection) {
    for (auto& line : fakes::whole_lines(fakes::read_file(output(connection)))) out.push_back(std::move(line));
  }
  return out;
}

}  // namespace aisle::e2e
