// `aislectl offers simulate`: how often offers would be made on a recording, or in a simulated store.
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "agent/app/compose.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/offer_tally.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/stored_pipeline.hpp"
#include "agent/datasets/datasets.hpp"
#include "ble/recording/recording.hpp"
#include "ble/simulator/simulator.hpp"

namespace aisle::cli {
namespace {

struct OffersSimulateArguments {
  Common common;
  std::string offers, capture;
  std::optional<std::uint64_t> seed;
  std::optional<double> hours;
};

// What is heard, and who is known.
struct Stage {
  std::unique_ptr<ItemReader> reader;
  Json about;
};

Result<Stage> open_recording_with_state(const OffersSimulateArguments& arguments, const config::Config& config,
                                        pipeline::Pipeline& pipeline) {
  auto reader = recording::open_recording(arguments.capture);
  if (!reader) return tl::unexpected(reader.error());
  if (auto loaded = load_state(arguments.common, config, pipeline); !loaded) return tl::unexpected(loaded.error());
  return Stage{std::move(*reader), {{"kind", "recording"}, {"file", arguments.capture}}};
}

// The simulated customers and their keys; of the state directory only offers, where no file brings them.
Result<Stage> open_simulated_store(const OffersSimulateArguments& arguments, const config::Config& config,
                                   pipeline::Pipeline& pipeline) {
  auto options = app::simulator_options(config);
  if (arguments.seed) options.seed = *arguments.seed;
  if (arguments.hours) options.duration = seconds{std::llround(*arguments.hours * 3600)};
  auto people = simulator::population(options);
  pipeline.replace_customers(std::move(people.customers), {SteadyTime{}, options.start});
  pipeline.add_keys(people.keys);
  if (arguments.offers.empty()) {
    constexpr std::array kOffers = {Dataset::offers};
    auto state = OfflineState::open_copy(arguments.common);
    if (!state) return tl::unexpected(state.error());
    if (auto loaded = load_records(**state, config, kOffers, pipeline); !loaded) return tl::unexpected(loaded.error());
  }
  Json about = {{"kind", "simulator"}, {"seed", options.seed}, {"duration_s", options.duration.count()}};
  return Stage{std::make_unique<simulator::Simulator>(std::move(options)), std::move(about)};
}

// Replaces the offers; all records of the file must be right.
Status take_offers(const std::string& path, const config::Config& config, pipeline::Pipeline& pipeline) {
  auto file = records::read_record_file(path);
  if (!file) return tl::unexpected(file.error());
  datasets::RawChange raw{Dataset::offers, true, {}, {}};
  raw.place_word = file->place_word;
  for (auto& record : file->records) {
    raw.upserts.push_back(std::move(record.value));
    raw.places.push_back(record.place);
  }
  auto checked = datasets::check(std::move(raw), {records::Strictness::file, config.privacy.allow_static});
  checked.refused.insert(checked.refused.begin(), file->refused.begin(), file->refused.end());
  for (const auto& error : checked.refused) complain_of_record(path, error.id, error.field, error.why);
  if (!checked.refused.empty()) return fail("{}: {} records are wrong; nothing was run", path, checked.refused.size());
  datasets::apply(std::move(checked), pipeline, {});
  return {};
}

struct Course {
  std::uint64_t visits = 0;
  std::string fault;  // of the recording; "" none
};

Course run_to_the_end(ItemReader& reader, pipeline::Pipeline& pipeline) {
  Progress progress("adverts");
  Course course;
  for (;;) {
    const SourceItem item = reader.next();
    pipeline.on_item(item);
    const auto output = pipeline.take_output();
    course.visits +=
        static_cast<std::uint64_t>(std::ranges::count(output.events, std::string_view("visit.started"), &Event::type));
    progress.at(pipeline.adverts().adverts);
    if (const auto* end = std::get_if<SourceEnd>(&item)) {
      course.fault = end->error;
      return course;
    }
  }
}

Json count_json(const OfferCount& count) {
  return {{"asked", count.asked}, {"decided", count.decided}, {"holdouts", count.holdouts}, {"refused", count.refused}};
}

Json offers_json(const OfferTally& tally) {
  Json out = Json::array();
  for (const auto& [id, entry] : tally.offers()) {
    Json offer = {{"offer_id", id}, {"trigger", entry.trigger}};
    offer.update(count_json(entry.all));
    offer["zones"] = Json::object();
    for (const auto& [zone, count] : entry.zones) offer["zones"][zone] = count_json(count);
    out.push_back(std::move(offer));
  }
  return out;
}

std::string reasons_text(const OfferCount& count) {
  std::string out;
  for (const auto& [reason, times] : count.refused)
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", reason, times);
  return out;
}

void print(const OfferTally& tally, const Course& course, std::uint64_t adverts) {
  std::vector<std::vector<std::string>> rows{{"OFFER", "TRIGGER", "ZONE", "ASKED", "DECIDED", "HOLDOUTS", "REFUSED"}};
  for (const auto& [id, entry] : tally.offers()) {
    const auto add = [&, &offer = id, &trigger = entry.trigger](const std::string& zone, const OfferCount& count) {
      rows.push_back({offer, trigger, zone, std::to_string(count.asked), std::to_string(count.decided),
                      std::to_string(count.holdouts), reasons_text(count)});
    };
    for (const auto& [zone, count] : entry.zones) add(zone, count);
    if (entry.zones.empty()) add("-", entry.all);
  }
  print_table(rows);
  print_line(fmt::format("{} adverts, {} visits; {} times an offer was made ({} held out), {} times none", adverts,
                         course.visits, tally.made(), tally.held_out(), tally.none()));
}

int simulate_offers(const OffersSimulateArguments& arguments) {
  const auto config = config::load(arguments.common.config);
  if (!config) {
    std::fprintf(stderr, "%s\n", config.error().message().c_str());
    return kFailed;
  }
  OfferTally tally;
  auto options = app::pipeline_options(*config, nullptr);
  options.on_decision = [&tally](const auto& question, const auto& decision) { tally.count(question, decision); };
  auto pipeline = pipeline::Pipeline::create(std::move(options));
  if (!pipeline) return complain(pipeline.error().message());
  auto stage =
      (arguments.capture.empty() ? open_simulated_store : open_recording_with_state)(arguments, *config, **pipeline);
  if (!stage) return complain(stage.error().message());
  if (!arguments.offers.empty()) {
    if (const auto taken = take_offers(arguments.offers, *config, **pipeline); !taken)
      return complain(taken.error().message());
  }
  for (const Offer* offer : (*pipeline)->offers().ranked()) tally.expect(*offer);

  const Course course = run_to_the_end(*stage->reader, **pipeline);
  const std::uint64_t adverts = (*pipeline)->adverts().adverts;
  if (arguments.common.json) {
    print_line(Json{{"source", stage->about},
                    {"adverts", adverts},
                    {"visits", course.visits},
                    {"decided", tally.made()},
                    {"holdouts", tally.held_out()},
                    {"none", tally.none()},
                    {"offers", offers_json(tally)}}
                   .dump());
  } else {
    print(tally, course, adverts);
  }
  if (!course.fault.empty())
    return complain(fmt::format("{}: read up to a fault: {}", arguments.capture, course.fault));
  return kDone;
}

}  // namespace

void add_offers_simulate(CLI::App& offers, Chosen& chosen) {
  auto* verb = offers.add_subcommand("simulate",
                                     "Count how often each offer would be made, and else why not, by zone: on a "
                                     "recording, or in a simulated store; the same counts every time");
  const auto given = std::make_shared<OffersSimulateArguments>();
  verb->add_option("--offers", given->offers, "Offers to try; default: those of the state directory");
  auto* capture = verb->add_option(
      "--capture", given->capture,
      "Recording (btsnoop, pcap, pcapng, JSON lines), with the customers and leases of the state directory");
  verb->add_option("--seed", given->seed, "Simulated store: default as [simulator] says")->excludes(capture);
  verb->add_option("--hours", given->hours, "Simulated time: default as [simulator] says")
      ->check(CLI::Range(0.01, 168.0))
      ->excludes(capture);
  verb->add_option("--config", given->common.config, "Configuration file: zones, time zone, [simulator]")
      ->capture_default_str();
  verb->add_option("--state-dir", given->common.state_dir, "State directory; only read")->capture_default_str();
  verb->add_flag("--json", given->common.json, "JSON");
  verb->callback([&chosen, given] { chosen.run = [given] { return simulate_offers(*given); }; });
}

}  // namespace aisle::cli
