// The configuration, read once and complete: every key checked and defaulted. The keys are explained in
// config/aisle.toml.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/log.hpp"
#include "agent/base/result.hpp"
#include "agent/base/time.hpp"

namespace aisle::config {

enum class SourceKind { bluez, hci, replay, simulator };
[[nodiscard]] std::string_view to_string(SourceKind kind);

enum class ScanningMode { automatic, active, passive };

struct StoreSection {
  std::string id, gateway, timezone;
  friend bool operator==(const StoreSection&, const StoreSection&) = default;
};
struct AdapterEntry {
  std::string name;      // "hci0", or its address as "AA:BB:CC:DD:EE:FF"; "" = the first, only where it is the only one
  std::string receiver;  // the gateway id that it hears for; "" = this gateway's own
  friend bool operator==(const AdapterEntry&, const AdapterEntry&) = default;
};
struct BleSection {
  SourceKind source = SourceKind::bluez;
  std::vector<AdapterEntry> adapters{AdapterEntry{}};  // at least one
  ScanningMode scanning = ScanningMode::automatic;
  std::string file;               // replay: the recording
  double speed = 1.0;             // replay, simulator: recorded seconds per second; 0 = as fast as it goes
  std::size_t queue = 8192;       // adverts waiting for the core loop at most
  seconds wait_for_datasets{10};  // replay, simulator: how long to wait for first datasets before starting
  friend bool operator==(const BleSection&, const BleSection&) = default;
};
struct SimulatorSection {
  std::uint64_t seed = 1;
  std::uint32_t customers = 40;
  std::uint32_t passers = 60;  // shoppers without the app
  std::uint32_t beacons = 6;   // static beacons
  // Simulated UTC time at the start.
  UnixTime start{std::chrono::sys_days{std::chrono::year{2026} / 3 / 6} + std::chrono::hours{15}};
  seconds duration{4 * 3600};
  friend bool operator==(const SimulatorSection&, const SimulatorSection&) = default;
};
struct ZoneReceiverEntry {
  std::string gateway;
  int enter_rssi = -68, exit_rssi = -76;
  friend bool operator==(const ZoneReceiverEntry&, const ZoneReceiverEntry&) = default;
};
struct ZoneEntry {
  std::string id, name;
  std::string kind = "other";
  std::string layer = "floor";
  std::vector<ZoneReceiverEntry> receivers;
  std::uint32_t min_samples = 3;
  seconds exit_after{30};
  std::vector<seconds> dwell{seconds{60}, seconds{300}};
  std::vector<std::string> categories;
  int enter_rssi = -68, exit_rssi = -76;  // those of receivers without their own
  friend bool operator==(const ZoneEntry&, const ZoneEntry&) = default;
};
struct PresenceSection {
  seconds visit_gap{600};
  seconds smoothing_window{15};
  std::uint32_t smoothing_samples = 8;
  double zone_margin_db = 4.0;
  std::size_t max_customers = 20000;
  friend bool operator==(const PresenceSection&, const PresenceSection&) = default;
};
enum class ClockTrust { system, synchronised };
// A node of a cluster of brokers.
struct BrokerNode {
  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(const BrokerNode&, const BrokerNode&) = default;
};
struct SyncSection {
  std::string host = "127.0.0.1";  // the first node's where there are several
  std::uint16_t port = 1883;
  bool tls = false;
  std::string ca, cert, key;
  std::string username, password_file;
  int protocol = 5;  // 5 | 3 (= 3.1.1)
  std::string prefix = "aisle/v1";
  seconds keepalive{30};
  seconds retry_spread{60};
  seconds retry_max{300};
  std::uint32_t window = 64;               // QoS 1 events in flight at most
  bool wait_for_clock = false;             // with tls: connects only once the time is known
  std::string token_module{}, pin_file{};  // with a key "pkcs11:..."
  std::string alpn{};
  int subscribe_qos = 1;               // 0 | 1
  std::vector<BrokerNode> nodes = {};  // where host is a list or names a port; else empty
  friend bool operator==(const SyncSection&, const SyncSection&) = default;
};
struct OutboxSection {
  std::uint64_t max_rows = 1'000'000;
  std::uint64_t max_bytes = 512ULL << 20U;
  seconds max_age{0};         // of presence events; 0: none
  seconds ledger_max_age{0};  // of ledger events; 0: none
  friend bool operator==(const OutboxSection&, const OutboxSection&) = default;
};
struct CommandsSection {
  std::string public_key;  // Ed25519, hex or base64, or the path of a file with one; "" none
  friend bool operator==(const CommandsSection&, const CommandsSection&) = default;
};
struct UpdateSection {
  std::uint32_t ring = 1;
  friend bool operator==(const UpdateSection&, const UpdateSection&) = default;
};
struct PrivacySection {
  bool allow_static = false;
  seconds consent_max_age{72 * 3600};
  std::string master_key{};  // path or "credential:NAME" of the key under which the state rests; "" plain
  friend bool operator==(const PrivacySection&, const PrivacySection&) = default;
};

struct Config {
  StoreSection store;
  BleSection ble;
  SimulatorSection simulator;
  std::vector<ZoneEntry> zones;
  PresenceSection presence;
  ClockTrust time_trust = ClockTrust::system;
  seconds time_wait{600};  // events wait this long for a time that is not known; 0: not at all
  SyncSection sync;
  OutboxSection outbox;
  CommandsSection commands;
  UpdateSection update;
  PrivacySection privacy;
  LogLevel log_level = LogLevel::info;
  // As "file:line:column: key: what": keys accepted but not used by this version, and settings likely not meant.
  std::vector<std::string> warnings;
  friend bool operator==(const Config&, const Config&) = default;
};

// Reads and checks a file with its drop-ins and the environment of the process (config/sources.hpp). The error holds
// every problem found, one a line, each as "file:line:column: key: what is expected".
[[nodiscard]] Result<Config> load(const std::string& path);
// The same for text; `name` stands for the file in messages.
[[nodiscard]] Result<Config> parse(std::string_view text, std::string_view name);
// Every key with its value in force, as JSON text (for `config show --json`) or TOML text.
[[nodiscard]] std::string show_json(const Config& config);
[[nodiscard]] std::string show_toml(const Config& config);
// 16 hex digits that tell one configuration in force from another.
[[nodiscard]] std::string digest_of(const Config& config);

// 127.0.0.0/8, ::1 or "localhost".
[[nodiscard]] bool is_loopback(std::string_view host);
// True when every broker that is named is.
[[nodiscard]] bool all_loopback(const SyncSection& sync);

}  // namespace aisle::config
