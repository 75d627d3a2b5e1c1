// `aislectl customers erase ID`: everything of a customer leaves this gateway.
#include <memory>

#include "agent/app/erasure.hpp"
#include "agent/app/support_bundle.hpp"
#include "agent/base/random.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/state_access.hpp"
#include "config/config.hpp"

namespace aisle::cli {
namespace {

struct EraseArguments {
  Common common;
  std::string customer, nonce;
};

std::string random_nonce() {
  SystemRandom random;
  return fmt::format("{:016x}{:016x}", random.next(), random.next());
}

Result<nlohmann::json> erase_offline(const EraseArguments& arguments, const app::EraseOrder& order) {
  const auto config = config::load(arguments.common.config);
  if (!config) return tl::unexpected(config.error());
  auto state = OfflineState::open(arguments.common, false);
  if (!state) return tl::unexpected(state.error());
  app::remove_bundles(arguments.common.state_dir, 0);
  const auto erased = (*state)->erase(order, config->store.id, config->store.gateway);
  if (!erased) return tl::unexpected(erased.error());
  return nlohmann::json(*erased);
}

int erase(const EraseArguments& arguments) {
  nlohmann::json request = {{"verb", "erase"}, {"customer_id", arguments.customer}, {"nonce", arguments.nonce}};
  const auto order = app::erase_order(request);
  if (!order) return complain(order.error().message()), kWrongUsage;
  auto lines = ask_daemon(arguments.common.state_dir, request);
  if (!lines) return complain(lines.error().message());
  nlohmann::json result;
  if (*lines && !(*lines)->empty()) {
    result = (**lines)[0];
  } else {
    auto erased = erase_offline(arguments, *order);
    if (!erased) return complain(erased.error().message());
    result = std::move(*erased);
  }
  result["nonce"] = arguments.nonce;
  if (arguments.common.json) {
    print_line(result.dump());
  } else {
    print_tree(result);
  }
  return kDone;
}

}  // namespace

void add_erase(CLI::App& customers, Chosen& chosen) {
  auto* verb = customers.add_subcommand("erase", "Take everything of a customer out of this gateway; the visit ends");
  const auto arguments = std::make_shared<EraseArguments>();
  arguments->nonce = random_nonce();
  verb->add_option("ID", arguments->customer, "Customer id")->required();
  verb->add_option("--nonce", arguments->nonce, "16 to 64 bytes in hex, the key of the receipt; default random");
  verb->add_option("--config", arguments->common.config, "Configuration file (used when no daemon runs)")
      ->capture_default_str();
  verb->add_option("--state-dir", arguments->common.state_dir, "State directory")->capture_default_str();
  verb->add_flag("--json", arguments->common.json, "JSON");
  verb->callback([&chosen, arguments] { chosen.run = [arguments] { return erase(*arguments); }; });
}

}  // namespace aisle::cli
