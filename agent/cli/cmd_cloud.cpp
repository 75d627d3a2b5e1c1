#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <sstream>

#include "agent/base/durable_file.hpp"
#include "agent/base/log.hpp"
#include "agent/cli/cloud/claim_server.hpp"
#include "agent/cli/cloud/cloud.hpp"
#include "agent/cli/cloud/feed_text.hpp"
#include "agent/cli/cmd_command.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/update_offer.hpp"
#include "agent/model/ids.hpp"
#include "agent/update/order.hpp"
#include "sync/mqtt/library.hpp"
#include "sync/mqtt/transport.hpp"

namespace aisle::cli {
namespace {

struct ClaimArguments {
  std::string claims, ca_cert, ca_key, listen, command_key, broker, revoke, crl;
  std::vector<std::string> names;
  std::int64_t life_s = 90 * 86400;
};

struct OfferArguments {
  UpdateOffer offer;
  std::string rings, spread = "1h";
};

struct CloudArguments {
  std::string broker = "127.0.0.1:1883";
  std::string store, prefix = "aisle/v1", summary;
  std::map<Dataset, std::string> files;
  int protocol = 5;
  std::string username, password_file, ca;
  std::string seal_for;
  bool json = false, quiet = false;
  CommandArguments command;
  OfferArguments update;
  ClaimArguments claims;
};

Result<sync::MosquittoOptions> broker_options(const CloudArguments& arguments) {
  const auto colon = arguments.broker.rfind(':');
  sync::MosquittoOptions out;
  out.host = arguments.broker.substr(0, colon);
  if (colon != std::string::npos) {
    const std::string digits = arguments.broker.substr(colon + 1);
    const bool number =
        !digits.empty() && digits.size() <= 5 && digits.find_first_not_of("0123456789") == std::string::npos;
    const unsigned long port = number ? std::stoul(digits) : 0;
    if (port == 0 || port > 65535)
      return fail("--broker: HOST:PORT with a port from 1 to 65535 expected, not \"{}\"", arguments.broker);
    out.port = static_cast<std::uint16_t>(port);
  }
  out.client_id = "aisle-cloud-" + SystemRandom().identifier(8);
  out.protocol = arguments.protocol;
  out.username = arguments.username;
  out.password_file = arguments.password_file;
  out.tls.enabled = !arguments.ca.empty();
  out.tls.ca = arguments.ca;
  return out;
}

Result<std::optional<seal::BoxPublic>> box_key(const CloudArguments& arguments) {
  if (arguments.seal_for.empty()) return std::optional<seal::BoxPublic>();
  const auto key = from_hex_fixed<std::tuple_size_v<seal::BoxPublic>>(arguments.seal_for);
  const auto tried = key ? seal::seal_for(*key, {}) : Result<Bytes>(tl::unexpected(key.error()));
  if (!tried) return tl::unexpected(tried.error().within("--seal-for: the gateway's box_key expected"));
  return std::optional(*key);
}

// None: no claims are taken.
Result<std::unique_ptr<cloud::ClaimServer>> claim_server(const ClaimArguments& arguments, const Clock& clock,
                                                         const Log& log) {
  if (arguments.claims.empty()) return std::unique_ptr<cloud::ClaimServer>();
  auto issuer = cloud::Issuer::load(arguments.ca_cert, arguments.ca_key);
  if (!issuer) return tl::unexpected(issuer.error());
  auto book = cloud::ClaimBook::open(arguments.claims, *std::move(issuer),
                                     {seconds{arguments.life_s}, arguments.command_key, arguments.broker});
  if (!book) return tl::unexpected(book.error());
  auto server = cloud::ClaimServer::start(arguments.listen, arguments.names, *std::move(book), clock, log);
  if (server) log.info("claims are taken at port {}", (*server)->port());
  return server;
}

// Takes away what a gateway has been given; a cloud that runs knows it with the next request.
int revoke(const std::string& store, const ClaimArguments& arguments) {
  const std::string gateway = store + "/" + arguments.revoke;
  const cloud::IssueLog log(arguments.claims);
  const auto keys = log.revoke(gateway);
  if (!keys) return complain(keys.error().message());
  print_line(fmt::format("revoked: {}, {} keys; their certificates are not renewed any more", gateway, *keys));
  if (arguments.crl.empty()) return kDone;
  const auto issuer = cloud::Issuer::load(arguments.ca_cert, arguments.ca_key);
  if (!issuer) return complain(issuer.error().message());
  const auto serials = log.revoked_serials();
  const auto list = serials ? issuer->revocation_list(*serials) : Result<std::string>(tl::unexpected(serials.error()));
  if (!list) return complain(list.error().message());
  if (auto written = write_durably(arguments.crl, *list, arguments.ca_cert); !written)
    return complain(written.error().message());
  print_line(fmt::format("{}: {} certificates, for the broker (Mosquitto: crlfile, and restart it)", arguments.crl,
                         serials->size()));
  return kDone;
}

// What is offered, as the args of the command.
Status add_offer(const OfferArguments& arguments, CommandArguments& command) {
  UpdateOffer offer = arguments.offer;
  if (offer.packages.empty()) return {};
  if (command.name != update::kCommand) return fail("--packages: only with --command update");
  std::istringstream rings(arguments.rings);
  for (std::string ring; std::getline(rings, ring, ',');) {
    const auto after = parse_period(ring);
    if (!after) return tl::unexpected(after.error().within("--rings"));
    offer.rings.push_back(*after);
  }
  const auto spread = parse_period(arguments.spread);
  if (!spread) return tl::unexpected(spread.error().within("--spread"));
  offer.spread = *spread;
  const auto args = update_args(offer);
  if (!args) return tl::unexpected(args.error());
  command.args = args->dump();
  command.expires_s = std::max(command.expires_s, static_cast<int>(lifetime_of(offer).count()));
  return {};
}

void print_summary(const cloud::FeedLog& feed, const CloudArguments& arguments) {
  const auto summary = feed.summary();
  if (!arguments.summary.empty()) {
    if (std::FILE* file = std::fopen(arguments.summary.c_str(), "w"); file != nullptr) {
      std::fprintf(file, "%s\n", summary.dump().c_str());
      std::fclose(file);
    } else {
      complain(fmt::format("{}: cannot be written", arguments.summary));
    }
  }
  if (arguments.json) {
    std::fprintf(stderr, "feed: %s\n", summary.dump().c_str());
    return;
  }
  const auto count = [&](const char* type) { return summary["by_type"].value(fmt::format("io.aisle.{}.v1", type), 0); };
  std::string text = fmt::format(
      "feed: {} events: {} customers, {} visits, {} zone entries, {} offers decided; {} missing, {} duplicates",
      summary["events"].dump(), summary["customers"].dump(), count("visit.started"), count("zone.entered"),
      count("offer.decided"), summary["missing"].dump(), summary["duplicates"].dump());
  if (summary["decision_p50_us"].is_number()) {
    text += fmt::format("; advert to decision {:.2f} ms (p50), {:.2f} ms (p99)",
                        summary["decision_p50_us"].get<double>() / 1000.0,
                        summary["decision_p99_us"].get<double>() / 1000.0);
  }
  std::fprintf(stderr, "%s\n", text.c_str());
}

int run_cloud(CloudArguments& arguments) {
  if (!arguments.claims.revoke.empty()) return revoke(arguments.store, arguments.claims);
  auto broker = broker_options(arguments);
  if (!broker) return complain(broker.error().message()), kWrongUsage;
  const auto sealed_for = box_key(arguments);
  if (!sealed_for) return complain(sealed_for.error().message()), kWrongUsage;
  if (auto offered = add_offer(arguments.update, arguments.command); !offered)
    return complain(offered.error().message()), kWrongUsage;
  if (!arguments.command.name.empty())
    return send_command(arguments.command, std::move(*broker), arguments.prefix, arguments.store);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  const int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);

  const Log log;
  const SystemClock clock;
  SystemRandom random;
  const auto claims = claim_server(arguments.claims, clock, log);
  if (!claims) return complain(claims.error().message());
  const sync::MosquittoLibrary library;
  EpollLoop loop(clock);
  sync::MosquittoTransport transport(std::move(*broker), loop, log);
  const auto print = [&arguments](const std::string& payload, const nlohmann::json& event) {
    if (arguments.quiet) return;
    print_line(arguments.json ? payload : cloud::feed_text(event));
    std::fflush(stdout);
  };
  cloud::Cloud cloud({arguments.prefix, arguments.store, arguments.files, *sealed_for}, loop, random, transport, print,
                     log);
  if (const auto started = cloud.start(); !started) return complain(started.error().message());
  loop.watch(signals, 1U /* EPOLLIN */, [&](std::uint32_t) {
    signalfd_siginfo info{};
    if (read(signals, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) cloud.stop([&loop] { loop.stop(); });
  });
  loop.run();
  close(signals);
  print_summary(cloud.feed(), arguments);
  return kDone;
}

void add_command_options(CLI::App& verb, CommandArguments& command) {
  auto* name =
      verb.add_option("--command", command.name,
                      "Instead: send one command (ping, resync, reload, config, erase, update, support-bundle) "
                      "and print the reply");
  verb.add_option("--gateway", command.gateway, "Gateway to command")->needs(name);
  verb.add_option("--args", command.args, "Its arguments, a JSON object")->needs(name)->capture_default_str();
  verb.add_option("--id", command.id, "Its id; default random")->needs(name);
  verb.add_option("--sign-key", command.sign_key, "Sign it with this Ed25519 private key: a file with PEM or hex")
      ->needs(name);
  verb.add_option("--expires-s", command.expires_s, "It is good for this long")->needs(name)->capture_default_str();
  verb.add_option("--timeout-s", command.timeout_s, "Wait this long for the reply")->needs(name)->capture_default_str();
}

void add_offer_options(CLI::App& verb, OfferArguments& update) {
  auto* packages = verb.add_option("--packages", update.offer.packages,
                                   "With --command update: offer the packages of this folder, as scripts/package "
                                   "leaves them there; a gateway takes the one that is for it");
  auto* url =
      verb.add_option("--url", update.offer.url, "Where gateways get them, each by its name: https://HOST/PATH");
  packages->needs(url);
  url->needs(packages);
  verb.add_option(
          "--rings", update.rings,
          "When each ring takes it, from now on, ring 0 first, as 0,24h,3d, within 7 days; default: all at once")
      ->needs(packages);
  verb.add_option("--spread", update.spread, "The gateways of a ring come at random within this time")
      ->needs(packages)
      ->capture_default_str();
  verb.add_option_function<int>(
          "--confirm-s", [&update](int value) { update.offer.confirm_within = seconds{value}; },
          "A gateway has this long to be healthy with it, else it goes back; default 300")
      ->needs(packages);
  verb.add_flag("--downgrade", update.offer.downgrade, "An older version may be installed")->needs(packages);
}

void add_claim_options(CLI::App& verb, ClaimArguments& claims) {
  auto* file = verb.add_option("--claims", claims.claims,
                               "Issue a certificate for each of these claims, once: JSON objects with token, store, "
                               "gateway, expires");
  auto* cert = verb.add_option("--ca-cert", claims.ca_cert, "Certificate (PEM) of the authority that issues them");
  auto* key = verb.add_option("--ca-key", claims.ca_key, "Its private key (PEM)");
  auto* listen = verb.add_option("--listen", claims.listen, "HOST:PORT where claims are taken over HTTPS");
  auto* revoke =
      verb.add_option("--revoke", claims.revoke,
                      "Instead: renew no certificate of this gateway any more; a new claim makes it a new key");
  verb.add_option("--crl", claims.crl, "With --revoke: write a list of the revoked certificates, for the broker")
      ->needs(revoke)
      ->needs(cert)
      ->needs(key);
  verb.add_option("--name", claims.names,
                  "A name or address by which gateways reach --listen, for its certificate; of this machine's own, "
                  "those that are known are in it")
      ->needs(listen)
      ->check([](const std::string& name) {
        return cloud::is_host(name) ? std::string() : "a host name or address expected, not \"" + name + "\"";
      });
  listen->needs(file)->needs(cert)->needs(key);
  revoke->needs(file);
  verb.add_option("--valid-s", claims.life_s, "Certificates are valid for this long")
      ->needs(file)
      ->check(CLI::Range(1, 20 * 365 * 86400))
      ->capture_default_str();
  verb.add_option("--command-key", claims.command_key, "Ed25519 public key of commands, for gateways to pin: hex")
      ->needs(file);
  verb.add_option("--grant-broker", claims.broker, "HOST:PORT of the broker, for claims that name none")->needs(file);
}

}  // namespace

void add_cloud(CLI::App& app, Chosen& chosen) {
  auto* verb = app.add_subcommand(
      "cloud", "A reference cloud: serves datasets from files, pushes their changes, prints the feed");
  const auto arguments = std::make_shared<CloudArguments>();
  verb->add_option("--broker", arguments->broker, "HOST:PORT")->capture_default_str();
  verb->add_option("--store", arguments->store, "Store id")->required()->check([](const std::string& id) {
    return is_site_id(id) ? std::string() : "1 to 32 of a-z, 0-9 and \"-\" expected, not \"" + id + "\"";
  });
  verb->add_option("--prefix", arguments->prefix, "Topic prefix")->capture_default_str();
  verb->add_option("--protocol", arguments->protocol, "MQTT 5, or 3 for 3.1.1")
      ->check(CLI::IsMember({3, 5}))
      ->capture_default_str();
  verb->add_option("--username", arguments->username, "Broker login");
  verb->add_option("--password-file", arguments->password_file, "File with its password");
  verb->add_option("--ca", arguments->ca, "CA certificate; makes it TLS");
  for (const Dataset dataset : kDatasets) {
    const std::string name(to_string(dataset));
    verb->add_option_function<std::string>(
        "--" + name, [arguments, dataset](const std::string& file) { arguments->files[dataset] = file; },
        "File of " + name + ": a JSON array or JSON lines");
  }
  verb->add_option("--seal-for", arguments->seal_for,
                   "Seal the keys for this gateway: its box_key, 64 hex digits, as its status says");
  verb->add_option("--summary", arguments->summary, "Write the counts of the feed to this file at the end");
  verb->add_flag("--json", arguments->json, "CloudEvents, one JSON object a line");
  verb->add_flag("--quiet", arguments->quiet, "Only the summary");
  add_command_options(*verb, arguments->command);
  add_offer_options(*verb, arguments->update);
  add_claim_options(*verb, arguments->claims);
  verb->callback([&chosen, arguments] {
    if (!arguments->command.name.empty() && !is_site_id(arguments->command.gateway))
      throw CLI::ValidationError("--gateway", "the gateway's id expected with --command");
    const auto& claims = arguments->claims;
    if (!claims.claims.empty() && claims.listen.empty() && claims.revoke.empty())
      throw CLI::ValidationError("--claims", "--listen HOST:PORT expected with it, where they are taken");
    if (!claims.revoke.empty() && !is_site_id(claims.revoke))
      throw CLI::ValidationError("--revoke", "the gateway's id expected");
    chosen.run = [arguments] { return run_cloud(*arguments); };
  });
}

}  // namespace aisle::cli
