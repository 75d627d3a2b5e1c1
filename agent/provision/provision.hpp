// Makes a gateway of a machine: key, certificate, configuration. Every step can be repeated; nothing is in force before
// a connection with it has succeeded.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "agent/base/time.hpp"
#include "agent/provision/certificate.hpp"
#include "agent/provision/exchange.hpp"
#include "agent/provision/machine.hpp"
#include "agent/provision/record.hpp"
#include "agent/provision/shelf.hpp"

namespace aisle::provision {

struct Surroundings {
  std::string config;     // path of the configuration
  std::string state_dir;  //
  std::optional<std::string> machine;
  Exchange& exchange;
  const Clock& clock;
  // Whether the whole configuration with this drop-in is right and the broker lets us in with it, under a client id of
  // its own; the broker, as "host:port".
  std::function<Result<std::string>(const std::string& drop_in)> try_out;
  std::function<void(const std::string& line)> say;
};

// How things stand.
struct Standing {
  std::optional<Record> record;            // none: not provisioned
  std::optional<Certificate> certificate;  // in force
  Life life = Life::expired;
  Bound bound = Bound::none;
};
// Error: what is in force cannot be read.
[[nodiscard]] Result<Standing> look(const Shelf& shelf, const Surroundings& around);

struct Done {
  Record record;
  Certificate certificate;
  bool changed = false;  // false: there was nothing to do
};
// With a claim that has been used here already, and whose provisioning is in force: finishes what was left, if
// anything.
[[nodiscard]] Result<Done> provision(const Claim& claim, const KeyPlace& place, Shelf& shelf,
                                     const Surroundings& around);
// Does nothing while more than a third of the certificate's life is left, unless `at_once`.
[[nodiscard]] Result<Done> renew(bool at_once, Shelf& shelf, const Surroundings& around);
// What was in force before is in force again. None: there was nothing before, the configuration is as it was without.
[[nodiscard]] Result<std::optional<Done>> roll_back(Shelf& shelf, const Surroundings& around);

}  // namespace aisle::provision
