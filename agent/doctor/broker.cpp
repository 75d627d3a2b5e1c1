#include "agent/doctor/broker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sync/core/states.hpp"

namespace aisle::doctor {
namespace {

namespace state = sync::state;

constexpr std::int64_t kDay = 86'400, kMonth = 30 * kDay;
constexpr int kNotAuthorised = 0x87;

constexpr const char* kSeenByRoot = "; root sees it while the daemon runs: sudo aislectl doctor";

struct Remedy {
  const char* state;
  const char* fix;
};
constexpr std::array kRemedies = {
    Remedy{state::kDns, "resolvectl status; aislectl config set sync.host NAME"},
    Remedy{state::kConnectionRefused,
           "start the broker there (systemctl status mosquitto); aislectl config set sync.port PORT"},
    Remedy{state::kUnreachable, "ip route; ping HOST; open the port in the firewall"},
    Remedy{state::kCredentials, "sudo aislectl doctor; else put the file that is named there, readable for user aisle"},
    Remedy{state::kCertificateUntrusted,
           "aislectl config set sync.ca /etc/aisle/ca.pem, with the certificate of who signed the broker's"},
    Remedy{state::kCertificateExpired,
           "renew the broker's certificate there; or set the clock: sudo timedatectl set-ntp true"},
    Remedy{state::kCertificateNotYetValid, "sudo timedatectl set-ntp true"},
    Remedy{state::kCertificateOfAnotherHost, "aislectl config set sync.host NAME, as the certificate says it"},
    Remedy{state::kOwnCertificateRefused,
           "get this gateway a new certificate, signed by whom the broker trusts: aislectl provision"},
    Remedy{state::kTls, "openssl s_client -connect HOST:PORT; aislectl config set sync.port 8883"},
    Remedy{state::kLoginRefused,
           "sudoedit the file of [sync] password_file; aislectl config set sync.username NAME; on Mosquitto: "
           "mosquitto_passwd"},
    Remedy{state::kNotAuthorised,
           "check password and access list at the broker: /usr/share/doc/aisle-agent/examples/mosquitto-acl.conf"},
    Remedy{state::kServerBusy, "wait, or look after the broker"},
    Remedy{state::kProtocol, "aislectl config set sync.protocol 3.1.1; check sync.port"},
};

std::string fix_of(const std::string& what) {
  const auto found = std::ranges::find(kRemedies, what, [](const Remedy& it) { return std::string(it.state); });
  return found == kRemedies.end() ? "aislectl status; look at the broker's log" : found->fix;
}

std::string place_of(const NodeFacts& node) {
  return fmt::format("{} port {}", node.host, node.port);
}

Finding from(const char* id, const std::string& what, const sync::Disconnected& why, bool fails) {
  return {id, fails ? State::failure : State::warning, what, why.detail, fix_of(why.state)};
}

// A step of every node: `trouble` says what went wrong there, `done` that it was gone through. One node of several that
// does not work is a warning.
template <class Trouble, class Done>
Finding step(const BrokerFacts& facts, const char* id, const char* what, const char* works, Trouble trouble,
             Done done) {
  const NodeFacts* wrong = nullptr;
  std::size_t good = 0;
  for (const auto& node : facts.nodes) {
    if (wrong == nullptr && trouble(node)) wrong = &node;
    if (!trouble(node) && done(node)) ++good;
  }
  if (wrong != nullptr) return from(id, fmt::format("{}: {}", place_of(*wrong), what), *trouble(*wrong), good == 0);
  if (good == 0) return not_applicable(id, "not tried", "the step before it failed");
  return ok(id, fmt::format("{}{}: {}", place_of(facts.nodes.front()), facts.nodes.size() > 1 ? " and the others" : "",
                            works));
}

bool about_dates(const sync::Disconnected& why) {
  return why.state == state::kCertificateExpired || why.state == state::kCertificateNotYetValid;
}

std::optional<sync::Disconnected> chain_trouble(const NodeFacts& node, bool dates) {
  if (!node.tls || !node.tls->trouble || about_dates(*node.tls->trouble) != dates) return std::nullopt;
  return node.tls->trouble;
}

std::string span(std::int64_t seconds) {
  return seconds < 2 * kDay ? fmt::format("{} h", seconds / 3600) : fmt::format("{} days", seconds / kDay);
}

// Certificates are renewed when a third of their life is left; long ones are worth a word a month before.
bool ends_soon(const sync::CertificateLife& life) {
  return life.left < std::min(life.whole / 4, kMonth);
}

// A file or credential of ours that only the daemon may read: it is not known to be wrong.
bool only_hidden(const BrokerFacts& facts, const std::optional<sync::Disconnected>& why) {
  return why && why->state == state::kCredentials && (facts.hidden || facts.daemon_online);
}

Finding judge_tls(const BrokerFacts& facts) {
  const char* const id = "broker.tls";
  if (!facts.tls) return not_applicable(id, "no TLS", "[sync] tls is off");
  for (const auto& node : facts.nodes) {
    if (node.tls && only_hidden(facts, node.tls->trouble))
      return not_applicable(id, "TLS could not be tried", node.tls->trouble->detail + kSeenByRoot);
  }
  return step(
      facts, id, "no trust", "TLS, with a certificate that is trusted",
      [](const NodeFacts& node) { return chain_trouble(node, false); },
      [](const NodeFacts& node) { return node.tls && !node.tls->trouble; });
}

Finding judge_certificate(const BrokerFacts& facts) {
  const char* const id = "broker.certificate";
  if (!facts.tls) return not_applicable(id, "no certificate", "[sync] tls is off");
  const sync::TlsSeen* first = nullptr;
  for (const auto& node : facts.nodes) {
    if (const auto trouble = chain_trouble(node, true))
      return from(id, place_of(node) + ": " + trouble->state, *trouble, true);
    if (!node.tls || !node.tls->first) continue;
    if (first == nullptr || node.tls->life.left < first->life.left) first = &*node.tls;
  }
  if (first == nullptr) return not_applicable(id, "the broker's certificate was not seen", "see broker.tls");
  const std::string what = fmt::format("the broker's {} is valid for {} more",
                                       first->first->broker ? "certificate" : "authority", span(first->life.left));
  const std::string why = fmt::format("\"{}\", until {}", first->first->subject, first->first->until);
  return ends_soon(first->life) ? warning(id, what, why, "renew it at the broker") : ok(id, what, why);
}

Finding judge_own_certificate(const BrokerFacts& facts) {
  const char* const id = "broker.own_certificate";
  if (!facts.with_certificate) return not_applicable(id, "no certificate of ours", "[sync] cert is not set");
  if (!facts.own) {
    if (facts.daemon_online || facts.hidden)
      return not_applicable(id, "our certificate could not be read here", facts.own_trouble + kSeenByRoot);
    return failure(id, "our certificate cannot be read", facts.own_trouble, fix_of(state::kCredentials));
  }
  const std::string why =
      fmt::format("\"{}\", {} to {}", facts.own->facts.subject, facts.own->facts.from, facts.own->facts.until);
  const std::int64_t left = facts.own->life.left;
  if (left < 0) return failure(id, "our certificate has expired", why, fix_of(state::kOwnCertificateRefused));
  const std::string what = fmt::format("our certificate is valid for {} more", span(left));
  return ends_soon(facts.own->life) ? warning(id, what, why, "aislectl provision, which renews it") : ok(id, what, why);
}

bool reached(const BrokerFacts& facts) {
  return std::ranges::any_of(
      facts.nodes, [](const NodeFacts& node) { return !node.address.empty() && !(node.tls && node.tls->trouble); });
}

Finding judge_login(const BrokerFacts& facts) {
  const char* const id = "broker.login";
  const LoginFacts& login = facts.login;
  if (login.connected) return ok(id, "the broker lets us in", fmt::format("tried as client {}", login.client_id));
  const bool hidden = only_hidden(facts, login.why);
  const std::string untried = login.why ? login.why->detail : login.skipped;
  if (facts.daemon_online && (hidden || !login.why))
    return ok(id, "the daemon is connected", "not tried beside it: " + untried);
  if (hidden || !login.why) {
    const bool met = !facts.daemon_state.empty() && (hidden || reached(facts));
    return met ? failure(id, "the daemon is not let in: " + facts.daemon_state, facts.daemon_detail,
                         fix_of(facts.daemon_state))
               : not_applicable(id, "not tried", untried.empty() ? "the step before it failed" : untried);
  }
  if (facts.daemon_online) {
    return warning(id, "the daemon is connected, but a new connection is refused: " + login.why->state,
                   fmt::format("{}; tried as client {}, which a broker that ties client ids to gateways may refuse",
                               login.why->detail, login.client_id),
                   fix_of(login.why->state));
  }
  return from(id, "the broker does not let us in: " + login.why->state, *login.why, true);
}

Finding judge_subscribe(const BrokerFacts& facts) {
  const char* const id = "broker.subscribe";
  const LoginFacts& login = facts.login;
  if (!login.connected) return not_applicable(id, "not tried", "there was no connection; see broker.login");
  const char* const fix =
      "allow it in the broker's access list: /usr/share/doc/aisle-agent/examples/mosquitto-acl.conf";
  if (!login.subscribed)
    return failure(id, "the broker does not answer a subscription", login.why ? login.why->detail : "no SUBACK in time",
                   fix);
  std::string refused;
  for (const auto& topic : login.granted) {
    if (!topic.second) refused += (refused.empty() ? "" : ", ") + topic.first;
  }
  if (!refused.empty()) return failure(id, "the broker refuses subscriptions", refused, fix);
  return ok(id, fmt::format("the broker grants {} subscriptions", login.granted.size()),
            "Mosquitto grants any, and looks at the right to read when it delivers");
}

Finding judge_publish(const BrokerFacts& facts) {
  const char* const id = "broker.publish";
  const LoginFacts& login = facts.login;
  const char* const fix =
      "allow it in the broker's access list: /usr/share/doc/aisle-agent/examples/mosquitto-acl.conf; then aislectl "
      "outbox retry";
  if (facts.refused > 0)
    return failure(id, fmt::format("the broker has refused {} events of the daemon", facts.refused),
                   "they are dead letters: aislectl outbox list --dead", fix);
  if (!login.connected) return not_applicable(id, "not tried", "there was no connection; see broker.login");
  const std::string tried = "tried: one reply that nobody waits for, to " + login.published;
  if (!login.reason) {
    return failure(id, "the broker does not acknowledge what is published",
                   login.why ? login.why->detail : "no PUBACK in time; " + tried, fix);
  }
  if (*login.reason >= 0x80) {
    return failure(id,
                   fmt::format("the broker refuses what we publish (0x{:02x}{})", *login.reason,
                               *login.reason == kNotAuthorised ? ", not authorised" : ""),
                   tried, fix);
  }
  if (facts.protocol != 5)
    return not_applicable(id, "the right to publish is not known",
                          "with MQTT 3.1.1 a broker acknowledges what it refuses; " + tried);
  return ok(id, "the broker takes what we publish", tried + "; events have topics of their own");
}

}  // namespace

void judge_broker(const BrokerFacts& facts, const Tell& tell) {
  if (!facts.configured) {
    for (const char* part : {"dns", "tcp", "tls", "certificate", "own_certificate", "login", "subscribe", "publish"})
      tell(not_applicable(std::string("broker.") + part, "the broker is not known", "see config.valid"));
    return;
  }
  tell(step(
      facts, "broker.dns", "has no address", "has an address", [](const NodeFacts& node) { return node.dns; },
      [](const NodeFacts& node) { return !node.addresses.empty(); }));
  tell(step(
      facts, "broker.tcp", "is not reached", "accepts connections", [](const NodeFacts& node) { return node.tcp; },
      [](const NodeFacts& node) { return !node.address.empty(); }));
  tell(judge_tls(facts));
  tell(judge_certificate(facts));
  tell(judge_own_certificate(facts));
  tell(judge_login(facts));
  tell(judge_subscribe(facts));
  tell(judge_publish(facts));
}

}  // namespace aisle::doctor
