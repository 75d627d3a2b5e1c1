// One function per section of the file; each reports its own problems and leaves defaults where a key is absent.
#pragma once

#include "config/config.hpp"
#include "config/table_reader.hpp"

namespace aisle::config {

// What is_site_id accepts, for the schema.
inline constexpr std::string_view kSiteIdPattern = "^[a-z0-9][a-z0-9-]{0,31}$";

void read_store(TableReader& root, StoreSection& out);
void read_ble(TableReader& root, BleSection& out);
// The key `adapter` of [ble].
void read_adapters(TableReader& ble, std::vector<AdapterEntry>& out);
void read_simulator(TableReader& root, SimulatorSection& out);
void read_presence(TableReader& root, PresenceSection& out);
// After store and presence: zones are checked against both.
void read_zones(TableReader& root, Config& out);
// The key `host` of [sync]: one broker, or the nodes of a cluster; after `port`, which is theirs unless they name one.
void read_hosts(TableReader& sync, SyncSection& out);
void read_sync(TableReader& root, SyncSection& out);
// [offers], [time], [outbox], [commands], [update], [http], [privacy], [log].
void read_small_sections(TableReader& root, Config& out);

}  // namespace aisle::config
