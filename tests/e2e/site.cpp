#include "tests/e2e/site.hpp"

#include <fmt/format.h>

#include "agent/control/client.hpp"

namespace aisle::e2e {

std::string Site::write(const std::string& name, const std::string& text) const {
  fakes::write_file(file(name), text);
  return file(name);
}

void Site::configure(const Settings& setup) const {
  std::string text = fmt::format(
      "[store]\nid = \"s1\"\ngateway = \"g1\"\ntimezone = \"Europe/Madrid\"\n"
      "[ble]\nsource = \"{}\"\nspeed = {:.3f}\nwait_for_datasets_s = 60\n",
      setup.source, setup.speed);
  if (setup.source == "replay") text += fmt::format("file = \"{}\"\n", file(setup.recording));
  if (!setup.simulator.empty()) text += "[simulator]\n" + setup.simulator;
  text += fmt::format(
      "[sync]\nhost = \"{}\"\nport = {}\nprotocol = \"{}\"\nretry_spread_s = 0\nretry_max_s = 1\n{}"
      "[privacy]\nallow_static = true\n{}",
      setup.host, setup.port, setup.protocol == 5 ? "5" : "3.1.1", setup.sync, setup.privacy);
  for (const auto& zone : {std::pair{"entrance", "g1"}, std::pair{"coffee", "g2"}, std::pair{"wine", "g3"}}) {
    text += fmt::format("[[zones]]\nid = \"{}\"\nreceivers = [\"{}\"]\n", zone.first, zone.second);
  }
  write("aisle.toml", text);
}

fakes::Finished Site::ctl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), AISLECTL);
  return fakes::run(arguments);
}

fakes::Finished Site::ctl_here(std::vector<std::string> arguments) const {
  arguments.insert(arguments.end(), {"--state-dir", state_dir()});
  return ctl(std::move(arguments));
}

std::string Site::import(const std::string& dataset, const std::string& name) const {
  const auto done = ctl_here({dataset, "import", file(name), "--config", file("aisle.toml")});
  return done.exit == 0 ? "" : fmt::format("exit {}: {}", done.exit, done.err);
}

std::vector<json> Site::replay(const std::string& recording) const {
  return parse_lines(ctl_here({"replay", file(recording), "--config", file("aisle.toml")}).out);
}

fakes::Process Site::start_aisled(const std::vector<std::string>& more) const {
  std::vector<std::string> command{AISLED, "--config", file("aisle.toml"), "--state-dir", state_dir()};
  command.insert(command.end(), more.begin(), more.end());
  return start(std::move(command));
}

fakes::Process Site::start_aisled_within(std::vector<std::string> wrapper) const {
  wrapper.insert(wrapper.end(), {AISLED, "--config", file("aisle.toml"), "--state-dir", state_dir()});
  return start(std::move(wrapper));
}

fakes::Process Site::start(std::vector<std::string> argv) const {
  fakes::Command command;
  command.argv = std::move(argv);
  command.env = {{"RUNTIME_DIRECTORY", ""}};  // the control socket is to be in the state directory
  command.out = file("aisled.out");
  command.err = file("aisled.log");
  return fakes::Process(command);
}

json Site::wait_for_daemon() const {
  json answer;
  [[maybe_unused]] const bool answers = fakes::eventually([&] {
    answer = status();
    return answer.is_object();
  });
  return answer;
}

json Site::status() const {
  // Not through aislectl: a program for each look is what a guest would spend its time on.
  const auto client = control::Client::connect(state_dir() + "/control.sock");
  if (!client || *client == nullptr || !(*client)->ask({{"verb", "status"}})) return {};
  const auto line = (*client)->next_line(std::chrono::seconds(10));
  return line && *line && !(*line)->contains("error") ? **line : json();
}

json Site::outbox() const {
  const auto asked = ctl_here({"outbox", "status", "--json"});
  return asked.exit == 0 ? json::parse(asked.out, nullptr, false) : json();
}

std::vector<json> parse_lines(const std::string& text) {
  std::vector<json> out;
  for (const auto& line : fakes::whole_lines(text)) out.push_back(json::parse(line, nullptr, false));
  return out;
}

std::string short_type(const json& event) {
  const auto type = event.value("type", "");
  return type.size() > 12 ? type.substr(9, type.size() - 12) : type;
}

}  // namespace aisle::e2e
