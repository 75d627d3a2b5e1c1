#include "agent/provision/provision.hpp"

#include <utility>

#include "agent/base/ed25519.hpp"
#include "agent/base/sha256.hpp"
#include "agent/provision/nodes.hpp"
#include "agent/provision/tpm_store.hpp"

namespace aisle::provision {
namespace {

std::string day_of(UnixTime time) {
  return format_rfc3339(time).substr(0, 10);
}

std::string digest_of(const std::string& token) {
  return to_hex(sha256("aisle claim " + token));
}

Result<Certificate> read_certificate_file(const std::string& directory) {
  const std::string path = directory + "/" + names::kCertificate;
  const auto text = read_text(path);
  if (!text) return tl::unexpected(text.error());
  auto certificate = read_certificate(*text);
  if (!certificate) return tl::unexpected(certificate.error().within(path));
  return certificate;
}

Result<GatewayKey> read_key(const Record& record, const std::string& directory) {
  if (!record.key.uri.empty()) return GatewayKey::on_token(record.key);
  return GatewayKey::read(directory + "/" + names::kKey);
}

CloudAddress address_of(const Record& record, const std::string& directory) {
  return {record.url, record.cloud_ca ? directory + "/" + names::kCloud : ""};
}

// What was made by an earlier run for the same claim on this machine goes on being used: the claim is bound to its key.
bool is_of(const Record& one, const Record& other) {
  return one.store == other.store && one.gateway == other.gateway && one.claim == other.claim && one.key == other.key &&
         one.machine == other.machine;
}

Result<GatewayKey> begin_draft(const Claim& claim, const Record& record, Shelf& shelf) {
  const std::string directory = shelf.path_of(Draft::claim);
  const auto before = read_record(directory);
  if (before && is_of(*before, record)) {
    auto key = read_key(record, directory);
    // The claim may name another address of the cloud than it did then.
    if (auto put = shelf.put(Draft::claim, names::kCloud, claim.ca); key && put) return key;
  }
  if (auto begun = shelf.begin(Draft::claim); !begun) return tl::unexpected(begun.error());
  auto key = record.key.uri.empty() ? GatewayKey::make() : GatewayKey::on_token(record.key);
  if (!key) return key;
  Status put = shelf.put(Draft::claim, names::kCloud, claim.ca);
  if (put && record.key.uri.empty()) put = shelf.put(Draft::claim, names::kKey, key->pem(), true);
  // Last: with it the draft is whole.
  if (put) put = shelf.put(Draft::claim, names::kRecord, to_json(record));
  if (!put) return tl::unexpected(put.error());
  return key;
}

Result<Certificate> check_grant(const Grant& grant, const Record& record, const GatewayKey& key, UnixTime now) {
  const std::string name = name_of(record.store, record.gateway);
  auto certificate = read_certificate(grant.certificate);
  if (!certificate) return tl::unexpected(certificate.error().within("the cloud's answer"));
  if (certificate->fingerprint != key.fingerprint()) return fail("the cloud's certificate is for another key");
  if (certificate->subject != name) return fail("the cloud's certificate is for another gateway than {}", name);
  const Life life = life_of(*certificate, now);
  if (life == Life::expired || life == Life::not_yet) {
    return fail("the cloud's certificate is valid from {} to {}, and this machine's clock says {}; set the clock",
                format_rfc3339(certificate->from), format_rfc3339(certificate->until), format_rfc3339(now));
  }
  return certificate;
}

struct Fresh {
  Grant grant;
  Certificate certificate;
};

// A request signed by the key, what the cloud answers to it, and whether that is ours.
template <class Ask>
Result<Fresh> fetch(const Record& record, const GatewayKey& key, UnixTime now, Ask ask) {
  const auto request = key.request(name_of(record.store, record.gateway));
  if (!request) return tl::unexpected(request.error());
  const Result<Grant> grant = ask(*request);
  if (!grant) return tl::unexpected(grant.error());
  const auto certificate = check_grant(*grant, record, key, now);
  if (!certificate) return tl::unexpected(certificate.error());
  return Fresh{*grant, *certificate};
}

// Takes what the cloud says into the record; a renewal keeps what it does not say.
Status take_over(const Grant& grant, Record& record) {
  if (!grant.broker.empty() && record.broker.empty()) {
    if (auto checked = check_broker(grant.broker); !checked) return fail("the cloud's answer names no usable broker");
    record.broker = grant.broker;
  }
  if (record.broker.empty()) return fail("neither the claim nor the cloud names a broker; give --broker HOST:PORT");
  if (grant.command_key.empty()) return {};
  const auto key = parse_ed25519_public(grant.command_key);
  if (!key) return tl::unexpected(key.error().within("the cloud's command_key"));
  record.command_key = to_hex(*key);
  return {};
}

Status put_grant(Draft draft, const Grant& grant, const Record& record, const std::string& authorities, Shelf& shelf) {
  Status put = shelf.put(draft, names::kCertificate, grant.certificate);
  if (put && record.own_ca) put = shelf.put(draft, names::kAuthorities, authorities);
  if (put) put = shelf.put(draft, names::kDropIn, drop_in_text(record, shelf.current()));
  if (put) put = shelf.put(draft, names::kRecord, to_json(record));
  return put;
}

// A connection with what the draft holds, and only then is it in force.
Status try_and_install(Draft draft, const Record& record, Shelf& shelf, const Surroundings& around) {
  const auto broker = around.try_out(drop_in_text(record, shelf.path_of(draft)));
  if (!broker) return tl::unexpected(broker.error());
  around.say(fmt::format("connection: {} lets us in", *broker));
  return shelf.install(draft);
}

// What comes after an installation; each is done once, however often it is asked for. True: something was missing.
Result<bool> finish(const Shelf& shelf, const Surroundings& around) {
  auto linked = link_drop_in(around.config, shelf);
  if (!linked) return linked;
  if (where_bound(around.state_dir, around.machine) == Bound::here) return linked;
  if (auto bound = bind_machine(around.state_dir, around.machine); !bound) return tl::unexpected(bound.error());
  return true;
}

Record record_of(const Claim& claim, const KeyPlace& place, const Surroundings& around) {
  Record out;
  out.store = claim.store;
  out.gateway = claim.gateway;
  out.broker = claim.broker;
  out.url = claim.url;
  out.claim = digest_of(claim.token);
  out.machine = around.machine.value_or("");
  out.cloud_ca = !claim.ca.empty();
  out.key = place;
  return out;
}

Status may_renew(const Standing& standing) {
  if (!standing.record) return fail("this gateway is not provisioned: there is nothing to renew");
  if (standing.bound == Bound::elsewhere)
    return fail("this card was set up on another machine; its certificate is not renewed here");
  if (standing.life != Life::expired) return {};
  return fail("the certificate expired on {}: the cloud renews none that has; provision again with a new claim",
              day_of(standing.certificate->until));
}

// Key and authorities go on as they are, but for what the cloud names anew.
Status draft_renewal(const Grant& grant, const GatewayKey& key, Record& record, Shelf& shelf) {
  const auto kept = [&](bool there, const char* name) {
    return there ? read_text(shelf.current() + "/" + name) : Result<std::string>("");
  };
  const auto cloud = kept(record.cloud_ca, names::kCloud);
  if (!cloud) return tl::unexpected(cloud.error());
  const auto before = kept(record.own_ca, names::kAuthorities);
  if (!before) return tl::unexpected(before.error());
  const std::string& authorities = grant.authorities.empty() ? *before : grant.authorities;
  record.own_ca = !authorities.empty();
  Status put = shelf.begin(Draft::renewal);
  if (put) put = shelf.put(Draft::renewal, names::kCloud, *cloud);
  if (put && record.key.uri.empty()) put = shelf.put(Draft::renewal, names::kKey, key.pem(), true);
  if (put) put = put_grant(Draft::renewal, grant, record, authorities, shelf);
  return put;
}

// What must be so before the links change, for the power may go between the two: no drop-in that leads nowhere, and no
// gateway of another machine that would run on this one.
Status prepare_roll_back(const Shelf& shelf, const Surroundings& around) {
  if (!shelf.has_previous()) return shelf.has_current() ? unlink_drop_in(around.config) : Status();
  const auto before = read_record(shelf.previous());
  if (!before) return tl::unexpected(before.error());
  if (!around.machine || before->machine.empty() || before->machine == *around.machine) return {};
  return bind_machine(around.state_dir, before->machine);
}

bool in_force(const Standing& standing, const Record& wanted) {
  return standing.record && standing.certificate && is_of(*standing.record, wanted) &&
         (wanted.broker.empty() || wanted.broker == standing.record->broker) && standing.life != Life::expired;
}

}  // namespace

Result<Standing> look(const Shelf& shelf, const Surroundings& around) {
  Standing out;
  out.bound = where_bound(around.state_dir, around.machine);
  if (!shelf.has_current()) return out;
  const auto record = read_record(shelf.current());
  if (!record) return tl::unexpected(record.error());
  const auto certificate = read_certificate_file(shelf.current());
  if (!certificate) return tl::unexpected(certificate.error());
  out.record = *record;
  out.certificate = *certificate;
  out.life = life_of(*certificate, around.clock.now());
  return out;
}

Result<Done> provision(const Claim& claim, const KeyPlace& place, Shelf& shelf, const Surroundings& around) {
  Record record = record_of(claim, place, around);
  const auto standing = look(shelf, around);
  if (standing && in_force(*standing, record)) {
    const auto finished = finish(shelf, around);
    if (!finished) return tl::unexpected(finished.error());
    return Done{*standing->record, *standing->certificate, *finished};
  }
  const auto key = begin_draft(claim, record, shelf);
  if (!key) return tl::unexpected(key.error());
  const char* where = place.uri.empty() ? "made on this machine" : is_in_tpm(place) ? "in the TPM" : "on the token";
  around.say(fmt::format("key: {}, SHA-256 {}", where, key->fingerprint()));
  const CloudAddress cloud = address_of(record, shelf.path_of(Draft::claim));
  const auto fresh = fetch(record, *key, around.clock.now(),
                           [&](const std::string& request) { return around.exchange.claim(cloud, claim, request); });
  if (!fresh) return tl::unexpected(fresh.error());
  around.say(
      fmt::format("certificate: for {}, until {}", fresh->certificate.subject, day_of(fresh->certificate.until)));
  if (auto taken = take_over(fresh->grant, record); !taken) return tl::unexpected(taken.error());
  const std::string& authorities = fresh->grant.authorities.empty() ? claim.ca : fresh->grant.authorities;
  record.own_ca = !authorities.empty();
  if (auto put = put_grant(Draft::claim, fresh->grant, record, authorities, shelf); !put)
    return tl::unexpected(put.error());
  if (auto installed = try_and_install(Draft::claim, record, shelf, around); !installed)
    return tl::unexpected(installed.error());
  if (const auto finished = finish(shelf, around); !finished) return tl::unexpected(finished.error());
  return Done{record, fresh->certificate, true};
}

Result<Done> renew(bool at_once, Shelf& shelf, const Surroundings& around) {
  const auto standing = look(shelf, around);
  if (!standing) return tl::unexpected(standing.error());
  if (auto may = may_renew(*standing); !may) return tl::unexpected(may.error());
  Record record = *standing->record;
  if (standing->life == Life::good && !at_once) return Done{record, *standing->certificate, false};
  const auto old = read_text(shelf.current() + "/" + names::kCertificate);
  if (!old) return tl::unexpected(old.error());
  const auto key = read_key(record, shelf.current());
  if (!key) return tl::unexpected(key.error());
  const CloudAddress cloud = address_of(record, shelf.current());
  const auto fresh = fetch(record, *key, around.clock.now(), [&](const std::string& request) {
    return around.exchange.renew(cloud, *old, *key, request);
  });
  if (!fresh) return tl::unexpected(fresh.error());
  if (auto taken = take_over(fresh->grant, record); !taken) return tl::unexpected(taken.error());
  // It may have been moved here on purpose.
  if (around.machine) record.machine = *around.machine;
  if (auto drafted = draft_renewal(fresh->grant, *key, record, shelf); !drafted) return tl::unexpected(drafted.error());
  if (auto installed = try_and_install(Draft::renewal, record, shelf, around); !installed)
    return tl::unexpected(installed.error().within("the old certificate stays in force"));
  if (const auto finished = finish(shelf, around); !finished) return tl::unexpected(finished.error());
  return Done{record, fresh->certificate, true};
}

Result<std::optional<Done>> roll_back(Shelf& shelf, const Surroundings& around) {
  if (auto prepared = prepare_roll_back(shelf, around); !prepared) return tl::unexpected(prepared.error());
  const auto rolled = shelf.roll_back();
  if (!rolled) return tl::unexpected(rolled.error());
  if (!*rolled) return fail("nothing was provisioned here: there is nothing to roll back");
  if (!shelf.has_current()) return std::optional<Done>();
  const auto standing = look(shelf, around);
  if (!standing) return tl::unexpected(standing.error());
  if (around.machine && standing->record->machine == *around.machine) {
    if (auto bound = bind_machine(around.state_dir, around.machine); !bound) return tl::unexpected(bound.error());
  }
  if (const auto linked = link_drop_in(around.config, shelf); !linked) return tl::unexpected(linked.error());
  return std::optional(Done{*standing->record, *standing->certificate, true});
}

}  // namespace aisle::provision
