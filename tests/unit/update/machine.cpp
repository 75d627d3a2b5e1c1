#include "tests/unit/update/machine.hpp"

#include <fstream>

namespace aisle::update {
namespace {

std::string first_word(const std::string& text) {
  return text.substr(0, text.find(' '));
}

}  // namespace

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path) << text;
}

nlohmann::json package_args(const std::string& package, const std::string& version) {
  return {{"packages",
           {{kTarget,
             {{"version", version},
              {"url", "http://127.0.0.1:1/a.deb"},
              {"sha256", to_hex(sha256(package))},
              {"bytes", package.size()}}}}},
          {"spread_s", 0},
          {"confirm_s", 60}};
}

sync::CommandMessage signed_command(nlohmann::json args, const std::string& id, UnixTime issued) {
  sync::CommandMessage command;
  command.name = kCommand;
  command.id = id;
  command.issued = issued;
  command.expires = issued + seconds{7 * 86'400};
  command.args = std::move(args);
  return *command_from(sync::command_payload(command, "s1", "g1", kSeed));
}

void Machine::call(const char* what) {
  log += std::string(what) + " ";
  if (watch) watch(what);
  if (++calls == cut_at) throw PowerCut{};
}

Result<std::string> Machine::installed() {
  call("installed");
  return first_word(package);
}

Result<PackageFacts> Machine::facts(const std::string& file) {
  call("facts");
  return PackageFacts{"aisle-agent", first_word(text_of(file)), std::string(own_architecture())};
}

Status Machine::repack(const std::string& to) {
  call("repack");
  if (altered) return fail("altered");
  write(to, package);
  return {};
}

Status Machine::keep_program(const std::string& to) {
  call("keep");
  write(to, "program");
  return {};
}

Status Machine::keep_unit() {
  unit_kept = true;
  call("unit");
  return {};
}

void Machine::forget_unit() {
  EXPECT_FALSE(std::filesystem::exists(directory_->file("own/journal.json"))) << "it may be needed";
  unit_kept = false;
  call("forget");
}

Status Machine::room(std::uint64_t bytes, const std::string& beside) {
  call("room");
  if (full == beside) return fail("no room for {} bytes", bytes);
  return {};
}

Status Machine::wait_for_packages() {
  EXPECT_TRUE(runs) << "it is waited for while no daemon runs";
  call("wait");
  if (busy) return fail("another package manager");
  return {};
}

Status Machine::install(const std::string& file) {
  EXPECT_FALSE(runs) << "it is installed while the daemon runs";
  EXPECT_TRUE(unit_kept) << "the package may bring anything";
  package = "half";
  call("install");
  const bool refused = refused_installs > 0 && refused_installs-- > 0;
  if (!refused || whole_though_refused) package = text_of(file);
  if (refused) return fail("dpkg ended with 1");
  if (is("refused")) return fail("dpkg ended with 1");
  return {};
}

Status Machine::stop() {
  runs = false;
  call("stop");
  return {};
}

// A daemon writes to its database; a new one migrates it first.
Status Machine::start(bool /*wait*/) {
  call("start");
  if (is("dead")) return fail("systemctl ended with 1");
  runs = true;
  ++epochs_;
  const std::string database = directory_->file("state/aisle.db");
  write(database, text_of(database) + (is("migrates") ? "+migrated" : "") + "+" + first_word(package));
  if (is("migrates")) write(database + "-wal", "of the new one");
  return {};
}

std::optional<DaemonFacts> Machine::daemon() {
  call("daemon");
  if (!runs || is("mute")) return std::nullopt;
  if (is("restarts")) ++epochs_;
  const std::string version = is("liar") ? "0.9" : upstream_of(first_word(package));
  return DaemonFacts{version, "epoch-" + std::to_string(epochs_), broker() && !is("offline")};
}

Result<std::int64_t> Machine::schema() {
  call("schema");
  if (is("wordless")) return fail("it does not say");
  return is("migrates") ? 2 : 1;
}

}  // namespace aisle::update
