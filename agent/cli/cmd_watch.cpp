// `aislectl watch`: status and events of the running daemon, live.
#include <fmt/format.h>

#include <deque>
#include <memory>

#include "agent/app/compose.hpp"
#include "agent/cli/cloud/feed_text.hpp"
#include "agent/cli/command.hpp"
#include "agent/cli/output.hpp"
#include "agent/cli/screen.hpp"
#include "agent/cli/state_access.hpp"
#include "agent/control/client.hpp"

namespace aisle::cli {
namespace {

constexpr milliseconds kPatience{250};
constexpr Duration kAskEvery = seconds{2};
constexpr std::size_t kEventsKept = 100;

struct WatchArguments {
  Common common;
  std::int64_t seconds = 0;
};

std::string at(const nlohmann::json& status, const char* path) {
  const nlohmann::json::json_pointer pointer(path);
  if (!status.contains(pointer) || status[pointer].is_null()) return "-";
  return status[pointer].is_string() ? status[pointer].get<std::string>() : status[pointer].dump();
}

std::string zones_text(const nlohmann::json& status) {
  std::string out;
  const nlohmann::json::json_pointer zones("/presence/zones");
  if (!status.contains(zones)) return out;
  for (const auto& zone : status[zones].items()) out += fmt::format(", {} {}", zone.key(), zone.value().dump());
  return out;
}

std::vector<std::string> heading(const nlohmann::json& status) {
  return {fmt::format("{}/{}  aisle {}  {}", at(status, "/store"), at(status, "/gateway"), at(status, "/version"),
                      at(status, "/time")),
          fmt::format("radio     {} ({}), {} adverts, {} resolved, {} dropped", at(status, "/source/state"),
                      at(status, "/source/kind"), at(status, "/adverts/adverts"), at(status, "/adverts/resolved"),
                      at(status, "/queue/dropped")),
          fmt::format("presence  {} visits open{}; {} customers known", at(status, "/presence/visits_open"),
                      zones_text(status), at(status, "/identity/customers")),
          fmt::format("cloud     {}, {} events sent, {} of {} not committed yet", at(status, "/sync/state"),
                      at(status, "/sync/acknowledged"), at(status, "/events/pending"), at(status, "/events/sequence")),
          fmt::format("config    {}, of the cloud: {}", at(status, "/config/digest"), at(status, "/config/state")),
          ""};
}

// One run of the verb.
class Watch {
 public:
  Watch(const WatchArguments& arguments, control::Client& tail) : arguments_(arguments), tail_(tail) {}

  int run() {
    begun_ = clock_.steady();
    while (arguments_.seconds == 0 || clock_.steady() - begun_ < seconds{arguments_.seconds}) {
      if (auto done = step(); !done) return complain(done.error().message());
    }
    return kDone;
  }

 private:
  Status step() {
    if (asked_ == SteadyTime{} || clock_.steady() - asked_ >= kAskEvery) {
      if (auto asked = ask_status(); !asked) return asked;
    }
    while (tail_.ready(kPatience)) {
      const auto text = tail_.next_text(kPatience);
      if (!text) return tl::unexpected(text.error());
      if (!*text) return fail("the daemon has stopped");
      const auto event = nlohmann::json::parse(**text, nullptr, false);
      if (!event.is_object()) return fail("the daemon answered with something that is not a JSON object");
      if (event.contains("error")) return fail("{}", event["error"].dump());
      on_event(event, **text);
      if (clock_.steady() - asked_ >= kAskEvery) break;
    }
    draw();
    return {};
  }

  Status ask_status() {
    auto lines = ask_daemon(arguments_.common.state_dir, {{"verb", "status"}});
    if (!lines) return tl::unexpected(lines.error());
    if (!*lines || (*lines)->empty()) return fail("the daemon has stopped");
    const bool first = asked_ == SteadyTime{};
    asked_ = clock_.steady();
    status_ = std::move((**lines)[0]);
    if (arguments_.common.json) {
      print_line(nlohmann::json{{"status", status_}}.dump());
    } else if (first && !screen_.terminal()) {
      for (const auto& line : heading(status_)) print_line(line);
    }
    std::fflush(stdout);
    return {};
  }

  void on_event(const nlohmann::json& event, const std::string& text) {
    if (arguments_.common.json) {
      print_line("{\"event\":" + text + "}");
    } else if (!screen_.terminal()) {
      print_line(cloud::feed_text(event));
    } else {
      events_.push_front(cloud::feed_text(event));
      if (events_.size() > kEventsKept) events_.pop_back();
    }
    std::fflush(stdout);
  }

  void draw() {
    if (arguments_.common.json || !screen_.terminal()) return;
    auto lines = heading(status_);
    lines.insert(lines.end(), events_.begin(), events_.end());
    screen_.draw(lines);
  }

  const WatchArguments& arguments_;
  control::Client& tail_;
  SystemClock clock_;
  Screen screen_;
  SteadyTime begun_{}, asked_{};
  nlohmann::json status_;
  std::deque<std::string> events_;  // newest first
};

int watch(const WatchArguments& arguments) {
  const std::string& state_dir = arguments.common.state_dir;
  auto client = control::Client::connect(app::control_path_to_ask(state_dir));
  if (!client) return complain(client.error().message());
  if (*client == nullptr)
    return complain(fmt::format("no daemon runs on {}; start aisled, or name its --state-dir", state_dir));
  if (const auto asked = (*client)->ask({{"verb", "tail"}}); !asked) return complain(asked.error().message());
  return Watch(arguments, **client).run();
}

}  // namespace

void add_watch(CLI::App& app, Chosen& chosen) {
  auto* verb = app.add_subcommand("watch", "Show the running daemon's status and events, live, until interrupted");
  const auto arguments = std::make_shared<WatchArguments>();
  verb->add_option("--state-dir", arguments->common.state_dir, "The daemon's state directory")->capture_default_str();
  verb->add_option("--seconds", arguments->seconds, "End after so many")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{86'400}));
  verb->add_flag("--json", arguments->common.json,
                 R"(Lines {"status":…} every 2 s and {"event":…}, one CloudEvent each)");
  verb->callback([&chosen, arguments] { chosen.run = [arguments] { return watch(*arguments); }; });
}

}  // namespace aisle::cli
