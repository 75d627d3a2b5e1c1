#include "tests/e2e/provision/depot.hpp"

#include <fmt/format.h>

namespace aisle::e2e {

Depot::Depot(std::string life_s)
    : authority_(directory_.file("ca")),
      life_s_(std::move(life_s)),
      claim_port_(fakes::free_port()),
      plain_port_(fakes::free_port()) {
  authority_.save_key(file("ca.key"));
  authority_.issue(file("server"), "the broker");
  broker_ = std::make_unique<fakes::MosquittoBroker>(fakes::BrokerOptions{
      .acl = "topic readwrite #\npattern readwrite aisle/v1/%u/#\n",
      .lines = {"certfile " + file("server.pem"), "keyfile " + file("server.key"), "cafile " + file("trusted.pem"),
                "require_certificate true", "use_identity_as_username true",
                fmt::format("listener {} 127.0.0.1", plain_port_)}});
  fakes::write_file(file("trusted.pem"), fakes::read_file(file("ca.pem")));
}

std::string Depot::start() {
  if (!broker_->start()) return "the broker does not start";
  fakes::write_file(file("claims"), claims_);
  cloud_ = fakes::Process(
      {{AISLECTL, "cloud", "--broker", fmt::format("127.0.0.1:{}", plain_port_), "--store", "s1", "--quiet", "--claims",
        file("claims"), "--ca-cert", file("ca.pem"), "--ca-key", file("ca.key"), "--listen",
        fmt::format("127.0.0.1:{}", claim_port_), "--valid-s", life_s_, "--command-key", kCommandKey},
       {},
       "/dev/null",
       file("cloud.log")});
  if (fakes::eventually([&] { return log().find("claims are taken") != std::string::npos; })) return "";
  return log();
}

bool Depot::distrust() {
  const fakes::Authority stranger(file("trusted"), "a stranger");
  broker_->stop();
  return broker_->start();
}

bool Depot::heed_revocations() {
  broker_->stop();
  broker_->add_line("crlfile " + file("crl.pem"));
  return broker_->start();
}

void Depot::add_claim(const std::string& gateway, const std::string& token) {
  claims_ += json{{"token", token}, {"store", "s1"}, {"gateway", gateway}}.dump() + "\n";
}

std::string Depot::claim_for(const Site& site, const std::string& gateway, const std::string& token) const {
  return site.write("claim.toml", fmt::format("store = \"s1\"\ngateway = \"{}\"\nbroker = \"127.0.0.1:{}\"\n"
                                              "url = \"https://127.0.0.1:{}\"\ntoken = \"{}\"\nca_file = \"{}\"\n",
                                              gateway, broker_->port(), claim_port_, token, file("ca.pem")));
}

void prepare(const Site& site) {
  site.write("walk.jsonl", "");
  // No radio is there, which is a state like another; a recording would be no gateway.
  site.configure({.source = "bluez"});
}

fakes::Finished provision(const Site& site, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "provision");
  arguments.insert(arguments.end(), {"--config", site.file("aisle.toml")});
  return site.ctl_here(std::move(arguments));
}

std::string configured(const Site& site, const std::string& key) {
  const auto got = Site::ctl({"config", "get", key, "--config", site.file("aisle.toml")});
  std::string text = got.exit == 0 ? got.out : got.err;
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string key_of(const fakes::Finished& provisioned) {
  const auto said = json::parse(provisioned.out, nullptr, false);
  return said.is_object() ? said.value("key", "") : provisioned.err;
}

json wait_for_state(const Site& site, const std::string& state) {
  json status;
  [[maybe_unused]] const bool came = fakes::eventually([&] {
    status = site.status();
    return status.is_object() && status["sync"].value("state", "") == state;
  });
  return status;
}

}  // namespace aisle::e2e
