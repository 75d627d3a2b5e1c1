// The configuration that the cloud sends, as a drop-in: tried first, kept once the connection has proven healthy.
//
// Until then it lies aside under a hidden name, which nothing reads but the process that tries it: whoever starts next,
// after a crash or a power cut, starts with what was there before.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "agent/base/time.hpp"
#include "agent/model/event.hpp"
#include "config/config.hpp"

namespace aisle::app {

enum class CloudConfigState { none, pending, confirmed, rolled_back };

struct CloudConfig {
  CloudConfigState state = CloudConfigState::none;
  std::string command{};                           // the id of the command that brought it
  std::string why{};                               // of rolled_back
  seconds confirm_within{0};                       // of pending
  std::shared_ptr<const config::Config> before{};  // of pending: what to go back to
};

// What to run with after this run has ended.
struct NextRun {
  config::Config config;
  CloudConfig cloud;
};

struct ConfigOrder {
  std::string toml;
  seconds confirm_within{120};
};
// From the command's args. Error: what is wrong with them.
[[nodiscard]] Result<ConfigOrder> config_order(const nlohmann::json& args);

// How it stands when a process starts, from the files beside `config_path`: what is pending by then has failed.
[[nodiscard]] CloudConfig cloud_config_at_start(const std::string& config_path);
// The whole configuration with this text as the cloud's drop-in. Error as of `config::load`.
[[nodiscard]] Result<config::Config> load_with_cloud_config(const std::string& config_path, std::string_view toml);
// Lays it aside; then keeps it, or throws it away.
[[nodiscard]] Status stage_cloud_config(const std::string& config_path, std::string_view toml,
                                        const std::string& command);
[[nodiscard]] Status keep_cloud_config(const std::string& config_path);
[[nodiscard]] Status discard_cloud_config(const std::string& config_path);

// What follows when it could not be confirmed.
[[nodiscard]] NextRun rolled_back(const CloudConfig& pending, std::string why);
// For `status`.
[[nodiscard]] Json cloud_config_json(const CloudConfig& cloud);

}  // namespace aisle::app
