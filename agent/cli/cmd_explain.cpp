// `aislectl offers explain`: by the daemon, or from a copy of the database when none runs. Nothing is written.
#include <array>
#include <filesystem>
#include <memory>

#include "agent/app/clock_trust.hpp"
#include "agent/app/compose.hpp"
#include "agent/app/explanation.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/stored_pipeline.hpp"
#include "agent/datasets/datasets.hpp"

namespace aisle::cli {
namespace {

struct ExplainArguments {
  Common common;
  std::string customer, zone, trigger = "enter", at, confidence, assurance;
  std::optional<std::int64_t> dwell_s;
};

nlohmann::json request_of(const ExplainArguments& arguments) {
  nlohmann::json out = {
      {"verb", "explain"}, {"customer", arguments.customer}, {"zone", arguments.zone}, {"trigger", arguments.trigger}};
  if (!arguments.at.empty()) out["at"] = arguments.at;
  if (!arguments.confidence.empty()) out["confidence"] = arguments.confidence;
  if (!arguments.assurance.empty()) out["assurance"] = arguments.assurance;
  if (arguments.dwell_s) out["dwell_s"] = *arguments.dwell_s;
  return out;
}

// As the daemon would have it at its start.
Status load(OfflineState& state, const config::Config& config, UnixTime now, pipeline::Pipeline& pipeline) {
  constexpr std::array kNeeded = {Dataset::customers, Dataset::offers, Dataset::leases};
  if (auto loaded = load_records(state, config, kNeeded, pipeline); !loaded) return loaded;
  const auto& stored = state.loaded();
  datasets::load_spends(stored.lease_spends, pipeline);
  std::vector<offers::PastDecision> past;
  for (const auto& row : stored.decisions)
    past.push_back({row.customer, row.offer, row.group, UnixTime{Duration{row.at_us}}});
  pipeline.restore(past, {});
  pipeline.set_clock_trusted(app::clock_trusted(config.time_trust, now));
  const auto customers = stored.datasets.find(Dataset::customers);
  const std::int64_t confirmed = customers == stored.datasets.end() ? 0 : customers->second.confirmed_ms;
  if (confirmed != 0 && now - UnixTime{milliseconds{confirmed}} > config.privacy.consent_max_age)
    pipeline.set_customers_usable(false, {});
  return {};
}

Result<nlohmann::json> explain_offline(const ExplainArguments& arguments) {
  const auto& common = arguments.common;
  std::error_code error;
  if (!std::filesystem::exists(app::database_path(common.state_dir), error))
    return fail("no daemon and no database in {}; name the right one with --state-dir", common.state_dir);
  const auto config = config::load(common.config);
  if (!config) return tl::unexpected(config.error());
  auto pipeline = pipeline::Pipeline::create(app::pipeline_options(*config, nullptr));
  if (!pipeline) return tl::unexpected(pipeline.error());
  auto state = OfflineState::open_copy(common);
  if (!state) return tl::unexpected(state.error());
  const UnixTime now = SystemClock().now();
  if (auto loaded = load(**state, *config, now, **pipeline); !loaded) return tl::unexpected(loaded.error());
  auto supposed = app::supposed_of(request_of(arguments), now);
  if (!supposed) return tl::unexpected(supposed.error());
  const auto explained = (*pipeline)->explain(std::move(*supposed));
  if (!explained) return tl::unexpected(explained.error());
  return nlohmann::json(app::explained_json(*explained));
}

std::string joined(const nlohmann::json& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word.get<std::string>();
  return out;
}

std::string number(const nlohmann::json& value) {
  return value.is_number_float() ? fmt::format("{:g}", value.get<double>()) : value.dump();
}

std::string result_of(const nlohmann::json& offer) {
  if (offer["made"] == true) return "made";
  std::string why = joined(offer["refused"]);
  if (offer.contains("outranked_by")) why += " (by " + offer["outranked_by"].get<std::string>() + ")";
  return why;
}

std::string verdict_of(const nlohmann::json& answer) {
  if (answer["unasked"].is_string())
    return fmt::format("no offer is decided for this customer then: {}", answer["unasked"].get<std::string>());
  const auto& winner = answer["winner"];
  if (winner.is_null()) return "no offer is made";
  const std::string how = winner["won_by"].get<std::string>();
  const std::string experiment =
      winner["experiment"].is_null() ? std::string("this offer") : winner["experiment"].get<std::string>();
  return fmt::format("{} is made, {}{}", winner["offer_id"].get<std::string>(),
                     how == "only_one" ? "the only one that may be" : "first by " + how,
                     winner["holdout"] == true
                         ? fmt::format("; held out ({} % of {}): reported, nothing is shown, no coupon",
                                       number(winner["holdout_percent"]), experiment)
                         : std::string());
}

void print(const nlohmann::json& answer) {
  print_line(fmt::format("{} at {}: {} at {}, {} s in the zone, confidence {}, assurance {}, clock {}",
                         answer["customer_id"].get<std::string>(), answer["zone_id"].get<std::string>(),
                         answer["trigger"].get<std::string>(), answer["at"].get<std::string>(),
                         answer["dwell_s"].dump(), answer["confidence"].get<std::string>(),
                         answer["assurance"].get<std::string>(),
                         answer["clock_trusted"] == true ? "trusted" : "not trusted"));
  std::vector<std::vector<std::string>> rows{{"OFFER", "VERSION", "TRIGGER", "PRIORITY", "WEIGHT", "RESULT"}};
  for (const auto& offer : answer["offers"])
    rows.push_back({offer["offer_id"].get<std::string>(), offer["version"].dump(), offer["trigger"].get<std::string>(),
                    offer["priority"].dump(), number(offer["weight"]), result_of(offer)});
  print_table(rows);
  if (answer["left_out"] != 0) print_line(fmt::format("and {} more offers", answer["left_out"].dump()));
  print_line(verdict_of(answer));
}

int explain(const ExplainArguments& arguments) {
  auto lines = ask_daemon(arguments.common.state_dir, request_of(arguments));
  if (!lines) return complain(lines.error().message());
  Result<nlohmann::json> answer = fail("the daemon did not answer");
  if (!*lines)
    answer = explain_offline(arguments);
  else if (!(*lines)->empty())
    answer = std::move((**lines)[0]);
  if (!answer) return complain(answer.error().message());
  if (arguments.common.json) {
    print_line(answer->dump());
  } else {
    print(*answer);
  }
  return kDone;
}

}  // namespace

void add_explain(CLI::App& offers, Chosen& chosen) {
  auto* verb = offers.add_subcommand("explain",
                                     "Say for every offer whether it would be made to a customer, and else every "
                                     "reason why not; decides nothing, changes nothing");
  const auto given = std::make_shared<ExplainArguments>();
  verb->add_option("--customer", given->customer, "Customer id")->required();
  verb->add_option("--zone", given->zone, "Zone id")->required();
  verb->add_option("--moment", given->trigger, "enter, dwell or exit")
      ->check(CLI::IsMember({"enter", "dwell", "exit"}))
      ->capture_default_str();
  verb->add_option("--at", given->at, "When, as 2026-03-06T15:00:00Z; default: now");
  verb->add_option("--dwell-s", given->dwell_s,
                   "Time in the zone so far; default: 0 on entering, else the zone's first dwell step");
  verb->add_option("--confidence", given->confidence, "low, medium or high; default: high")
      ->check(CLI::IsMember({"low", "medium", "high"}));
  verb->add_option("--assurance", given->assurance,
                   "static, rotating or challenge; default: the best that the customer's devices give by being heard")
      ->check(CLI::IsMember({"static", "rotating", "challenge"}));
  verb->add_option("--config", given->common.config, "Configuration file (used when no daemon runs)")
      ->capture_default_str();
  verb->add_option("--state-dir", given->common.state_dir, "State directory; only read")->capture_default_str();
  verb->add_flag("--json", given->common.json, "JSON: the offers by rank, each with every reason; the winner");
  verb->callback([&chosen, given] { chosen.run = [given] { return explain(*given); }; });
}

}  // namespace aisle::cli
