// One store to try the built programs on: a directory with configuration, files and state, and short ways to run
// aislectl and aisled in it.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/fakes/process.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace aisle::e2e {

using nlohmann::json;

// The zones are "entrance" (gateway g1), "coffee" (g2) and "wine" (g3); the store is "s1", its gateway "g1".
struct Settings {
  std::string source = "replay";
  std::string recording = "walk.jsonl";  // in the site's directory
  double speed = 0;
  std::uint16_t port = 1;  // of the broker; nobody listens on 1
  int protocol = 5;
  std::string simulator{};  // lines of [simulator]
  std::string host = "127.0.0.1";
  std::string sync{};     // more lines of [sync]
  std::string privacy{};  // more lines of [privacy]
};

class Site {
 public:
  [[nodiscard]] std::string file(const std::string& name) const { return directory_.file(name); }
  [[nodiscard]] std::string state_dir() const { return directory_.file("state"); }
  // Writes a file and returns its path.
  std::string write(const std::string& name, const std::string& text) const;
  // Writes aisle.toml.
  void configure(const Settings& setup) const;

  // Runs aislectl with these arguments.
  [[nodiscard]] static fakes::Finished ctl(std::vector<std::string> arguments);
  // The same with our --state-dir at the end.
  [[nodiscard]] fakes::Finished ctl_here(std::vector<std::string> arguments) const;
  // Imports a file of ours; the text that came with a failure, else empty.
  [[nodiscard]] std::string import(const std::string& dataset, const std::string& name) const;
  // `replay` of a file of ours, one event each.
  [[nodiscard]] std::vector<json> replay(const std::string& recording) const;

  // Starts aisled; its output goes to aisled.log.
  [[nodiscard]] fakes::Process start_aisled(const std::vector<std::string>& more = {}) const;
  // The same through another program, which gets our command line behind its own.
  [[nodiscard]] fakes::Process start_aisled_within(std::vector<std::string> wrapper) const;
  // Waits until the control socket answers; the status, or null.
  [[nodiscard]] json wait_for_daemon() const;
  [[nodiscard]] json status() const;
  [[nodiscard]] json outbox() const;
  [[nodiscard]] std::string log() const { return fakes::read_file(file("aisled.log")); }

 private:
  [[nodiscard]] fakes::Process start(std::vector<std::string> argv) const;

  fakes::TempDir directory_;
};

// Each whole line parsed.
[[nodiscard]] std::vector<json> parse_lines(const std::string& text);
// Without "io.aisle." and ".v1".
[[nodiscard]] std::string short_type(const json& event);

}  // namespace aisle::e2e
