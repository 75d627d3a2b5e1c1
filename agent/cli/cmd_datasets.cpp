#include <filesystem>
#include <memory>

#include "agent/app/compose.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/state_access.hpp"
#include "agent/datasets/datasets.hpp"

namespace aisle::cli {
namespace {

struct DatasetArguments {
  Dataset dataset = Dataset::offers;
  Common common;
  std::string file;
};

// Whether customers may carry static identifiers: as the configuration says. Where there is none yet they are stored,
// and whoever uses them asks the configuration that it runs with.
Result<bool> static_allowed(const DatasetArguments& arguments, bool config_given) {
  std::error_code ignored;
  if (!config_given && !std::filesystem::exists(arguments.common.config, ignored)) return true;
  const auto config = config::load(arguments.common.config);
  if (!config) return tl::unexpected(config.error());
  return config->privacy.allow_static;
}

// Says what was refused, by record and field.
int report(const DatasetArguments& arguments, std::uint64_t count, const nlohmann::json& refused,
           std::size_t refused_count) {
  for (const auto& error : refused) {
    complain_of_record(arguments.file, error.value("id", ""), error.value("field", ""), error.value("why", ""));
  }
  if (arguments.common.json) {
    print_line(Json{{"dataset", to_string(arguments.dataset)},
                    {"count", count},
                    {"refused_count", refused_count},
                    {"refused", Json(refused)}}
                   .dump());
  } else {
    print_line(fmt::format("{}: {} records in force, {} refused", to_string(arguments.dataset), count, refused_count));
  }
  return refused_count == 0 ? kDone : kFailed;
}

int import_offline(const DatasetArguments& arguments, bool allow_static, datasets::RawChange raw,
                   datasets::Refusals refusals) {
  auto state = OfflineState::open(arguments.common, true);
  if (!state) return complain(state.error().message());
  records::ParseContext context{records::Strictness::file, allow_static};
  context.lease_fences = &(*state)->loaded().lease_fences;
  context.leases_lost = (*state)->loaded().leases_lost;
  context.open_box = (*state)->open_box();
  auto checked = datasets::check(std::move(raw), context);
  refusals.add(checked.refused);
  const auto stored = (*state)->change(std::move(checked.change), {});
  if (!stored) return complain(stored.error().message());
  return report(arguments, stored->count, nlohmann::json(datasets::refused_json(refusals.named)), refusals.count);
}

int import(const DatasetArguments& arguments, bool config_given) {
  auto file = records::read_record_file(arguments.file);
  if (!file) return complain(file.error().message());
  datasets::RawChange raw;
  raw.dataset = arguments.dataset;
  raw.replace_all = true;
  raw.place_word = file->place_word;
  raw.upserts.reserve(file->records.size());
  for (auto& record : file->records) {
    raw.upserts.push_back(std::move(record.value));
    raw.places.push_back(record.place);
  }
  datasets::Refusals refusals;
  refusals.add(file->refused);

  auto client = control::Client::connect(app::control_path_to_ask(arguments.common.state_dir));
  if (!client) return complain(client.error().message());
  if (*client == nullptr) {
    const auto allowed = static_allowed(arguments, config_given);
    if (!allowed) return complain(allowed.error().message());
    return import_offline(arguments, *allowed, std::move(raw), std::move(refusals));
  }
  client->reset();
  const auto lines = ask_daemon(arguments.common.state_dir, {{"verb", "import"},
                                                             {"dataset", to_string(arguments.dataset)},
                                                             {"records", std::move(raw.upserts)},
                                                             {"place", raw.place_word},
                                                             {"places", raw.places},
                                                             {"refused", refusals.text()}});
  if (!lines) return complain(lines.error().message());
  if (!*lines || (*lines)->empty()) return complain("the daemon did not answer");
  const auto& answer = (**lines)[0];
  return report(arguments, answer.value("count", std::uint64_t{0}), answer["refused"],
                answer.value("refused_count", std::size_t{0}));
}

Result<std::vector<nlohmann::json>> all_records(const DatasetArguments& arguments) {
  auto lines = ask_daemon(arguments.common.state_dir, {{"verb", "list"}, {"dataset", to_string(arguments.dataset)}});
  if (!lines) return tl::unexpected(lines.error());
  if (*lines) return std::move(**lines);
  auto state = OfflineState::open(arguments.common, false);
  if (!state) return tl::unexpected(state.error());
  std::vector<nlohmann::json> out;
  if (arguments.dataset == Dataset::keys) {
    const auto rows = (*state)->keys();
    if (!rows) return tl::unexpected(rows.error());
    for (const auto& row : *rows) out.push_back({{"ordinal", row.ordinal}, {"day", row.day}});
    return out;
  }
  const auto rows = (*state)->records(arguments.dataset);
  if (!rows) return tl::unexpected(rows.error());
  for (const auto& row : *rows) out.push_back(nlohmann::json::parse(row.body, nullptr, false));
  return out;
}

// The columns that tell records apart at a glance.
std::vector<std::string> columns_of(Dataset dataset) {
  switch (dataset) {
    case Dataset::offers:
      return {"id", "version", "trigger", "priority", "zones", "group", "valid_until"};
    case Dataset::customers:
      return {"id", "devices", "consent", "segments", "tier", "language"};
    case Dataset::keys:
      return {"day", "ordinal"};
    case Dataset::leases:
      return {"id", "offer_id", "gateway", "units", "expires"};
    case Dataset::inventory:
      return {"sku", "quantity", "as_of", "zone"};
    case Dataset::orders:
      return {"id", "customer_id", "state", "pickup_zone", "due"};
    case Dataset::assets:
      return {"id", "kind", "zone"};
  }
  return {};
}

std::string cell(const nlohmann::json& record, const std::string& column) {
  if (!record.contains(column)) return "-";
  const auto& value = record[column];
  if (value.is_string()) return value.get<std::string>();
  if (column == "devices") return std::to_string(value.size());
  std::string names;
  if (value.is_object()) {
    for (const auto& entry : value.items()) names += (names.empty() ? "" : ",") + entry.key();
    return names;
  }
  if (value.is_array()) {
    for (const auto& entry : value)
      names += (names.empty() ? "" : ",") + (entry.is_string() ? entry.get<std::string>() : entry.dump());
    return names;
  }
  return value.dump();
}

int list(const DatasetArguments& arguments) {
  const auto records = all_records(arguments);
  if (!records) return complain(records.error().message());
  if (arguments.common.json) {
    for (const auto& record : *records) print_line(record.dump());
    return kDone;
  }
  const auto columns = columns_of(arguments.dataset);
  std::vector<std::vector<std::string>> rows{columns};
  for (const auto& record : *records) {
    std::vector<std::string> row;
    row.reserve(columns.size());
    for (const auto& column : columns) row.push_back(cell(record, column));
    rows.push_back(std::move(row));
  }
  print_table(rows);
  print_line(fmt::format("{} records", records->size()));
  return kDone;
}

void add_dataset(CLI::App& app, Chosen& chosen, Dataset dataset) {
  const std::string name(to_string(dataset));
  auto* verb = app.add_subcommand(name, "The dataset \"" + name + "\"");
  verb->require_subcommand(1);
  const auto arguments = std::make_shared<DatasetArguments>();
  arguments->dataset = dataset;
  auto* lister = verb->add_subcommand("list", "What is in force");
  auto* importer = verb->add_subcommand("import", "Replace the set by a file: a JSON array or JSON lines");
  for (auto* sub : {lister, importer}) {
    sub->add_option("--state-dir", arguments->common.state_dir, "State directory")->capture_default_str();
    sub->add_flag("--json", arguments->common.json, "JSON");
  }
  importer->add_option("FILE", arguments->file, "Records")->required();
  auto* config = importer
                     ->add_option("--config", arguments->common.config,
                                  "Configuration file (for [privacy] allow_static, master_key)")
                     ->capture_default_str();
  lister->add_option("--config", arguments->common.config, "Configuration file (for [privacy] master_key)")
      ->capture_default_str();
  if (dataset == Dataset::customers) add_erase(*verb, chosen);
  if (dataset == Dataset::offers) {
    add_explain(*verb, chosen);
    add_offers_simulate(*verb, chosen);
  }
  lister->callback([&chosen, arguments] { chosen.run = [arguments] { return list(*arguments); }; });
  importer->callback([&chosen, arguments, config] {
    const bool given = config->count() > 0;
    chosen.run = [arguments, given] { return import(*arguments, given); };
  });
}

}  // namespace

void add_datasets(CLI::App& app, Chosen& chosen) {
  for (const Dataset dataset : kDatasets) add_dataset(app, chosen, dataset);
}

}  // namespace aisle::cli
