// From the configuration to the options of the parts; shared by the daemon and the CLI.
#pragma once

#include <optional>

#include "agent/pipeline/pipeline.hpp"
#include "agent/seal/master_key.hpp"
#include "ble/simulator/simulator.hpp"
#include "config/config.hpp"
#include "sync/mqtt/transport.hpp"

namespace aisle::app {

[[nodiscard]] pipeline::PipelineOptions pipeline_options(const config::Config& config, const Clock* latency_clock);
[[nodiscard]] simulator::SimulatorOptions simulator_options(const config::Config& config);
[[nodiscard]] sync::MosquittoOptions transport_options(const config::SyncSection& section, std::string client_id);
// When the first item of a recording or of the simulation was heard; 1970 when nobody knows.
[[nodiscard]] UnixTime recording_start(const config::Config& config);
// Off loopback, `customers` and `keys` are taken only over TLS.
[[nodiscard]] bool may_take_personal_data(const config::SyncSection& section);

// The key under which the state rests; none: it rests plain. Error: it is named and cannot be read.
[[nodiscard]] Result<std::optional<seal::MasterKey>> master_key(const config::PrivacySection& section);

// Where things live below a state directory.
[[nodiscard]] std::string database_path(const std::string& state_dir);
// "control.sock" in the runtime directory systemd gave ($RUNTIME_DIRECTORY), else in the state directory.
[[nodiscard]] std::string control_path_to_listen(const std::string& state_dir);
// Where a daemon of that state directory may be listening: the state directory, then /run/aisle.
[[nodiscard]] std::string control_path_to_ask(const std::string& state_dir);

}  // namespace aisle::app
