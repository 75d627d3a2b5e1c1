#include "config/section_readers.hpp"

#include <date/tz.h>

#include <sstream>

#include "agent/base/credential.hpp"
#include "agent/base/ed25519.hpp"
#include "agent/model/ids.hpp"

namespace aisle::config {
namespace {

constexpr std::int64_t kDay = 86400;
constexpr std::int64_t kMaxAgeHours = 87'600;
constexpr std::int64_t kBillion = 1'000'000'000;

std::vector<std::string> timezones() {
  std::vector<std::string> out;
  for (const auto& zone : date::get_tzdb().zones) out.push_back(zone.name());
  return out;
}

// The tz library throws for names that it does not know and for rules that it cannot read.
std::optional<std::string> timezone_problem(const std::string& name) {
  try {
    (void)date::get_tzdb();
  } catch (const std::exception&) {
    return "the time-zone database cannot be read; install the package tzdata";
  }
  try {
    (void)date::locate_zone(name)->get_info(std::chrono::sys_seconds{});
    return std::nullopt;
  } catch (const std::exception&) {
    return fmt::format("an IANA time zone such as \"Europe/Madrid\" expected, not \"{}\"{}", printable(name),
                       suggestion(name, timezones()));
  }
}

void read_site_id(TableReader& table, std::string_view key, std::string& out, std::string_view what) {
  table.note(key, fmt::format(R"("type":"string","pattern":"{}")", kSiteIdPattern));
  if (!table.required_text(key, out, {}, what)) return;
  if (!is_site_id(out)) {
    table.problem(key,
                  fmt::format("1 to 32 of a-z, 0-9 and \"-\", not first \"-\", expected, not \"{}\"", printable(out)));
  }
}

void read_location(TableReader& store) {
  if (auto location = store.table("location")) {
    double degrees = 0;
    location->number("lat", degrees, -90, 90);
    location->number("lon", degrees, -180, 180);
    location->finish();
  }
  store.unused("location");
}

// A TOML date-time with an offset, or the same as text.
void read_start(TableReader& table, UnixTime& out) {
  const toml::node* node = table.take("start", R"("type":"string","format":"date-time")");
  if (node == nullptr) return;
  std::string text;
  if (const auto* value = node->as_string()) {
    text = value->get();
  } else if (const auto* moment = node->as_date_time()) {
    std::ostringstream stream;
    stream << moment->get();
    text = stream.str();
  }
  const auto parsed = parse_rfc3339(text);
  if (parsed) {
    out = *parsed;
  } else {
    const std::string was = text.empty() ? describe(*node) : fmt::format("\"{}\"", printable(text, 40));
    table.problem("start", fmt::format("a time with an offset such as 2026-03-06T15:00:00Z expected, not {}", was));
  }
}

void read_smoothing(TableReader& presence, PresenceSection& out) {
  if (auto smoothing = presence.table("smoothing")) {
    for (const std::string key : {"window_s", "samples"}) {
      if (smoothing->has(key) && presence.has("smoothing_" + key))
        smoothing->problem(key, fmt::format("given twice, here and as smoothing_{}", key));
    }
    smoothing->duration("window_s", out.smoothing_window, 1, 3600);
    smoothing->integer("samples", out.smoothing_samples, 1, 256);
    smoothing->finish();
  }
  presence.duration("smoothing_window_s", out.smoothing_window, 1, 3600);
  presence.integer("smoothing_samples", out.smoothing_samples, 1, 256);
}

void read_http(TableReader& root) {
  auto http = root.table("http");
  if (!http) return;
  std::string bind;
  std::uint16_t port = 0;
  http->text("bind", bind, {1, 253});
  http->integer("port", port, 1, 65535);
  const bool wanted = http->has("bind") || http->has("port") || http->has("tokens");
  http->take("tokens", R"("type":"array","items":{"type":"string"})");
  http->finish();
  if (wanted) root.warn("http", "accepted, but the local HTTP API is not served by this version");
}

void read_commands(TableReader& root, CommandsSection& out) {
  auto commands = root.table("commands");
  if (!commands) return;
  if (commands->text("public_key", out.public_key, {0, 4096}) && !out.public_key.empty()) {
    if (!parse_ed25519_public(out.public_key) && !out.public_key.starts_with('/'))
      commands->problem("public_key",
                        fmt::format("an Ed25519 public key as 64 hex digits or base64, or the path of a file with one, "
                                    "expected, not \"{}\"",
                                    printable(out.public_key)));
  }
  commands->finish();
}

void read_privacy(TableReader& root, PrivacySection& out) {
  auto privacy = root.table("privacy");
  if (!privacy) return;
  privacy->boolean("allow_static", out.allow_static);
  if (privacy->text("master_key", out.master_key, {0, 4096}) && !out.master_key.empty() &&
      !valid_source(out.master_key)) {
    privacy->problem("master_key",
                     fmt::format("a path, or \"credential:NAME\" with a name that systemd takes, expected, not \"{}\"",
                                 printable(out.master_key)));
  }
  privacy->duration("consent_max_age_h", out.consent_max_age, 1, 8760, 3600);
  std::uint32_t k = 0;
  privacy->integer("k", k, 1, 10000);
  privacy->unused("k");
  privacy->unused("retention");
  privacy->finish();
}

}  // namespace

void read_store(TableReader& root, StoreSection& out) {
  root.note("store", {}, true);
  auto store = root.table("store");
  if (!store) {
    if (!root.has("store")) root.problem("store", "required: a table [store] with id, gateway and timezone");
    return;
  }
  read_site_id(*store, "id", out.id, "this store's id");
  read_site_id(*store, "gateway", out.gateway, "this gateway's id");
  if (store->required_text("timezone", out.timezone, {1, 64}, "the store's IANA time zone, as \"Europe/Madrid\"")) {
    if (const auto wrong = timezone_problem(out.timezone)) store->problem("timezone", *wrong);
  }
  read_location(*store);
  store->finish();
}

void read_ble(TableReader& root, BleSection& out) {
  auto ble = root.table("ble");
  if (!ble) return;
  ble->choice("source", out.source, kSourceNames);
  read_adapters(*ble, out.adapters);
  ble->text("file", out.file, {0, 4096});
  if (out.source == SourceKind::replay && out.file.empty())
    ble->problem("file", "required with source = \"replay\": the recording to play");
  ble->number("speed", out.speed, 0, 1e6);
  ble->integer("queue", out.queue, 1, 1U << 20U);
  ble->duration("wait_for_datasets_s", out.wait_for_datasets, 0, kDay);
  ble->choice("scanning", out.scanning, kScanningNames);
  ble->finish();
}

void read_simulator(TableReader& root, SimulatorSection& out) {
  auto simulator = root.table("simulator");
  if (!simulator) return;
  simulator->integer("seed", out.seed, 0, std::numeric_limits<std::int64_t>::max());
  simulator->integer("customers", out.customers, 0, 1'000'000);
  simulator->integer("passers", out.passers, 0, 1'000'000);
  simulator->integer("beacons", out.beacons, 0, 10'000);
  read_start(*simulator, out.start);
  simulator->duration("duration_s", out.duration, 1, 366 * kDay);
  simulator->finish();
}

void read_presence(TableReader& root, PresenceSection& out) {
  auto presence = root.table("presence");
  if (!presence) return;
  presence->duration("visit_gap_s", out.visit_gap, 1, kDay);
  read_smoothing(*presence, out);
  presence->number("zone_margin_db", out.zone_margin_db, 0, 60);
  presence->integer("max_customers", out.max_customers, 1, 10'000'000);
  presence->finish();
}

void read_small_sections(TableReader& root, Config& out) {
  if (auto offers = root.table("offers")) offers->finish();
  if (auto time = root.table("time")) {
    time->choice("trust", out.time_trust, kTrustNames);
    time->duration("wait_s", out.time_wait, 0, kDay);
    time->finish();
  }
  if (auto outbox = root.table("outbox")) {
    outbox->integer("max_rows", out.outbox.max_rows, 1, kBillion);
    outbox->integer("max_bytes", out.outbox.max_bytes, 4096, 1024 * kBillion);
    outbox->duration("max_age_h", out.outbox.max_age, 0, kMaxAgeHours, 3600);
    outbox->duration("ledger_max_age_h", out.outbox.ledger_max_age, 0, kMaxAgeHours, 3600);
    outbox->finish();
  }
  read_commands(root, out.commands);
  if (auto update = root.table("update")) {
    update->integer("ring", out.update.ring, 0, 9);
    update->finish();
  }
  read_http(root);
  read_privacy(root, out.privacy);
  if (auto log = root.table("log")) {
    log->choice("level", out.log_level, kLogNames);
    log->finish();
  }
}

}  // namespace aisle::config
