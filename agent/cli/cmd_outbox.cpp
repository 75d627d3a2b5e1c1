// `aislectl outbox`: what waits for the broker, and what it refused. A running daemon is asked; without one the
// database is: a private copy where it is only read.
#include <charconv>
#include <filesystem>
#include <memory>

#include "agent/app/compose.hpp"
#include "agent/app/outbox_json.hpp"
#include "agent/app/status.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/state_access.hpp"

namespace aisle::cli {
namespace {

using Lines = std::vector<std::string>;  // of JSON

struct OutboxArguments {
  Common common;
  bool dead = false, pending = false;  // only these; neither: both
  std::vector<std::string> what;       // ids and types of dead letters
  std::vector<std::int64_t> ids;
};

Result<std::unique_ptr<OfflineState>> copy_of(const Common& common) {
  std::error_code error;
  if (!std::filesystem::exists(app::database_path(common.state_dir), error))
    return fail("no database in {}; name the right one with --state-dir", common.state_dir);
  return OfflineState::open_copy(common);
}

// The one line of an answer, from the daemon or else from `offline`.
Result<nlohmann::json> one_answer(const std::string& state_dir, const nlohmann::json& request,
                                  const std::function<Result<nlohmann::json>()>& offline) {
  auto lines = ask_daemon(state_dir, request);
  if (!lines) return tl::unexpected(lines.error());
  if (*lines && !(*lines)->empty()) return std::move((**lines)[0]);
  return offline();
}

Result<nlohmann::json> status_offline(const Common& common) {
  auto state = copy_of(common);
  if (!state) return tl::unexpected(state.error());
  const auto status = (*state)->outbox();
  if (!status) return tl::unexpected(status.error());
  return nlohmann::json(app::outbox_json(*status));
}

Result<nlohmann::json> check_offline(const Common& common) {
  auto state = copy_of(common);
  if (!state) return tl::unexpected(state.error());
  const auto check = (*state)->check_outbox();
  if (!check) return tl::unexpected(check.error());
  return nlohmann::json(app::check_json(*check));
}

Result<nlohmann::json> retry_offline(const Common& common, const store::DeadLetterChoice& choice) {
  auto state = OfflineState::open(common, false);
  if (!state) return tl::unexpected(state.error());
  const auto count = (*state)->retry_dead_letters(choice);
  if (!count) return tl::unexpected(count.error());
  return nlohmann::json{{"retried", *count}};
}

// What the disk has altered need not be UTF-8.
std::string text_of(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void print(const nlohmann::json& answer, bool json) {
  if (json) {
    print_line(text_of(answer));
  } else {
    print_tree(answer);
  }
}

int status(const OutboxArguments& arguments) {
  const auto& dir = arguments.common.state_dir;
  const auto answer = one_answer(dir, {{"verb", "outbox"}}, [&] { return status_offline(arguments.common); });
  if (!answer) return complain(answer.error().message());
  print(*answer, arguments.common.json);
  return kDone;
}

int check(const OutboxArguments& arguments) {
  const auto& dir = arguments.common.state_dir;
  const auto answer =
      one_answer(dir, {{"verb", "outbox"}, {"action", "check"}}, [&] { return check_offline(arguments.common); });
  if (!answer) return complain(answer.error().message());
  print(*answer, arguments.common.json);
  for (const auto& problem : (*answer)["problems"]) complain(problem.get<std::string>());
  return (*answer)["problems"].empty() ? kDone : kFailed;
}

// An id is a number, as `list` shows it; anything else is a type.
store::DeadLetterChoice choice_of(const OutboxArguments& arguments) {
  store::DeadLetterChoice choice;
  choice.ids = arguments.ids;
  for (const auto& word : arguments.what) {
    std::int64_t id = 0;
    const auto parsed = std::from_chars(word.data(), word.data() + word.size(), id);
    if (parsed.ec == std::errc() && parsed.ptr == word.data() + word.size()) {
      choice.ids.push_back(id);
    } else {
      choice.types.push_back(word);
    }
  }
  return choice;
}

int retry(const OutboxArguments& arguments) {
  const auto& dir = arguments.common.state_dir;
  const auto choice = choice_of(arguments);
  nlohmann::json request(app::choice_json(choice));
  request["verb"] = "outbox";
  request["action"] = "retry";
  const auto answer = one_answer(dir, request, [&] { return retry_offline(arguments.common, choice); });
  if (!answer) return complain(answer.error().message());
  print(*answer, arguments.common.json);
  const bool chosen = !choice.ids.empty() || !choice.types.empty();
  if (chosen && (*answer)["retried"] == 0)
    return complain("no dead letter has such an id or type; see aislectl outbox list --dead");
  return kDone;
}

// Reads the outbox page by page, so that a large one fits in memory. The copy is made once.
class Pages {
 public:
  explicit Pages(const Common& common) : common_(common) {}

  Result<Lines> next(bool dead, std::int64_t after) {
    if (!copy_) {
      auto lines = ask_daemon_for_text(common_.state_dir,
                                       {{"verb", "outbox"}, {"action", "page"}, {"dead", dead}, {"after", after}});
      if (!lines) return tl::unexpected(lines.error());
      if (*lines) return std::move(**lines);
      auto copy = copy_of(common_);
      if (!copy) return tl::unexpected(copy.error());
      copy_ = std::move(*copy);
    }
    return dead ? letters(after) : rows(after);
  }

 private:
  Result<Lines> letters(std::int64_t after) {
    const auto letters = copy_->dead_letters(after);
    if (!letters) return tl::unexpected(letters.error());
    Lines lines;
    for (const auto& letter : *letters) lines.push_back(app::letter_line(letter));
    return lines;
  }
  Result<Lines> rows(std::int64_t after) {
    const auto rows = copy_->pending(after);
    if (!rows) return tl::unexpected(rows.error());
    Lines lines;
    for (const auto& row : *rows) lines.push_back(app::row_line(row));
    return lines;
  }

  const Common& common_;
  std::unique_ptr<OfflineState> copy_;
};

// Calls `take` with each event that was asked for, dead letters first: its line, and what that says.
Status each_event(const OutboxArguments& arguments,
                  const std::function<void(const std::string&, nlohmann::json&)>& take) {
  Pages pages(arguments.common);
  for (const bool dead : {true, false}) {
    if (arguments.dead != arguments.pending && dead != arguments.dead) continue;
    std::int64_t after = 0;
    for (;;) {
      auto lines = pages.next(dead, after);
      if (!lines) return tl::unexpected(lines.error());
      if (lines->empty()) break;
      for (const auto& text : *lines) {
        auto line = nlohmann::json::parse(text);
        after = line["id"].get<std::int64_t>();
        take(text, line);
      }
    }
  }
  return {};
}

int list(const OutboxArguments& arguments) {
  std::vector<std::vector<std::string>> table{{"ID", "STATE", "TYPE", "EVENT", "BYTES", "RECORDED", "REASON"}};
  const auto listed = each_event(arguments, [&](const std::string& /*text*/, nlohmann::json& line) {
    line.erase("event");
    if (arguments.common.json) return print_line(text_of(line));
    table.push_back({std::to_string(line["id"].get<std::int64_t>()), line["state"], line["type"],
                     fmt::format("{}-{}", line["epoch"].get<std::string>(), line["sequence"].get<std::uint64_t>()),
                     std::to_string(line["bytes"].get<std::uint64_t>()), line["recorded"],
                     line.value("reason", std::string())});
  });
  if (!listed) return complain(listed.error().message());
  if (!arguments.common.json) print_table(table);
  return kDone;
}

int export_events(const OutboxArguments& arguments) {
  const auto exported =
      each_event(arguments, [](const std::string& text, const nlohmann::json& /*line*/) { print_line(text); });
  return exported ? kDone : complain(exported.error().message());
}

using Verb = int (*)(const OutboxArguments&);

CLI::App* add_verb(CLI::App& outbox, Chosen& chosen, const std::shared_ptr<OutboxArguments>& arguments,
                   const char* name, const char* what, Verb run) {
  auto* verb = outbox.add_subcommand(name, what);
  verb->add_option("--state-dir", arguments->common.state_dir, "State directory")->capture_default_str();
  verb->add_option("--config", arguments->common.config, "Configuration file (for [privacy] master_key)")
      ->capture_default_str();
  verb->add_flag("--json", arguments->common.json, "JSON");
  verb->callback([&chosen, arguments, run] { chosen.run = [arguments, run] { return run(*arguments); }; });
  return verb;
}

}  // namespace

void add_outbox(CLI::App& app, Chosen& chosen) {
  auto* outbox = app.add_subcommand("outbox", "Events that the broker has not acknowledged yet, or refused");
  outbox->require_subcommand(1);
  const auto arguments = std::make_shared<OutboxArguments>();
  add_verb(*outbox, chosen, arguments, "status", "How many wait, how old, and what was refused", status);
  add_verb(*outbox, chosen, arguments, "check", "Look at every row; exit 1 and say what is wrong, if anything", check);
  auto* again = add_verb(*outbox, chosen, arguments, "retry",
                         "Put what the broker refused back into the outbox: everything, or what is named", retry);
  again->add_option("what", arguments->what, "Ids, as list shows them, and types, such as zone.entered");
  again->add_option("--id", arguments->ids, "The same, ids only")->allow_extra_args(false);
  for (CLI::App* verb : {add_verb(*outbox, chosen, arguments, "list",
                                  "One line an event: refused ones first, then those that wait", list),
                         add_verb(*outbox, chosen, arguments, "export",
                                  "The same with the events themselves, as JSON lines", export_events)}) {
    verb->add_flag("--dead", arguments->dead, "Only what the broker refused for good");
    verb->add_flag("--pending", arguments->pending, "Only what waits to be sent");
  }
}

}  // namespace aisle::cli
