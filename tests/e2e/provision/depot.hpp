// What a machine is provisioned against: an authority, a Mosquitto that lets in whom it has signed, and `aislectl
// cloud`, which takes claims.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/site.hpp"
#include "tests/fakes/certificates.hpp"
#include "tests/fakes/mosquitto_broker.hpp"

namespace aisle::e2e {

inline constexpr const char* kCommandKey = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

class Depot {
 public:
  // `life_s`: of the certificates that are issued.
  explicit Depot(std::string life_s = "7776000");

  // Both answer; else what is wrong.
  [[nodiscard]] std::string start();
  // The broker trusts another authority from now on, and nobody whom the cloud has signed.
  [[nodiscard]] bool distrust();
  // It refuses what is in the authority's list "crl.pem" from now on.
  [[nodiscard]] bool heed_revocations();
  // Writes a claim for s1/{gateway} into the site, and returns the file. Before `start`, the cloud knows it.
  std::string claim_for(const Site& site, const std::string& gateway, const std::string& token) const;
  void add_claim(const std::string& gateway, const std::string& token);
  [[nodiscard]] std::string file(const std::string& name) const { return directory_.file(name); }
  [[nodiscard]] std::string log() const { return fakes::read_file(file("cloud.log")); }
  [[nodiscard]] std::uint16_t broker_port() const { return broker_->port(); }

 private:
  fakes::TempDir directory_;
  fakes::Authority authority_;
  std::string life_s_, claims_;
  std::uint16_t claim_port_, plain_port_;
  std::unique_ptr<fakes::MosquittoBroker> broker_;
  fakes::Process cloud_;
};

// A configuration that works without a radio; its store is s1 and its gateway g1 until it is provisioned.
void prepare(const Site& site);
// Runs `aislectl provision` there, with these arguments.
[[nodiscard]] fakes::Finished provision(const Site& site, std::vector<std::string> arguments);
// The value in force.
[[nodiscard]] std::string configured(const Site& site, const std::string& key);
[[nodiscard]] std::string key_of(const fakes::Finished& provisioned);  // the fingerprint that --json says
// Waits until `sync.state` is that; the whole status.
[[nodiscard]] json wait_for_state(const Site& site, const std::string& state);

}  // namespace aisle::e2e
