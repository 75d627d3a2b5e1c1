#include "agent/doctor/ports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <sstream>

namespace aisle::doctor {
namespace fs = std::filesystem;

namespace {

constexpr const char* kListen = "0A";

// Lines of /proc/net/tcp: "sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode", addresses as
// "HEX:PORT".
void read_table(const std::string& table, std::vector<Listener>& out) {
  std::istringstream lines(table);
  std::string line;
  std::getline(lines, line);  // the heading
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string number, local, remote, state, skipped;
    Listener found;
    words >> number >> local >> remote >> state >> skipped >> skipped >> skipped >> skipped >> skipped >> found.inode;
    const auto colon = local.rfind(':');
    if (!words || state != kListen || colon == std::string::npos) continue;
    std::from_chars(local.data() + colon + 1, local.data() + local.size(), found.port, 16);
    out.push_back(found);
  }
}

// Names of programs by the sockets that they hold open; root sees all of them.
std::map<std::string, std::string> holders(const Tree& tree) {
  std::map<std::string, std::string> out;
  for (const auto& pid : tree.names("/proc")) {
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string folder = fmt::format("/proc/{}/fd/", pid);
    for (const auto& fd : tree.names(folder)) {
      std::error_code error;
      const std::string target = fs::read_symlink(tree.path(folder + fd), error).string();
      if (target.starts_with("socket:["))
        out.emplace(target, tree.line(fmt::format("/proc/{}/comm", pid)).value_or(""));
    }
  }
  return out;
}

const Listener* on(const PortFacts& facts, std::uint16_t port) {
  const auto found = std::ranges::find(facts.listeners, port, &Listener::port);
  return found == facts.listeners.end() ? nullptr : &*found;
}

std::string name_of(const Listener& listener) {
  return listener.program.empty() ? "a program (root sees which)" : listener.program;
}

}  // namespace

std::vector<Listener> gather_listeners(const Tree& tree) {
  std::vector<Listener> out;
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) read_table(tree.text(table).value_or(""), out);
  const auto programs = holders(tree);
  for (auto& listener : out) {
    const auto found = programs.find(fmt::format("socket:[{}]", listener.inode));
    if (found != programs.end()) listener.program = found->second;
  }
  return out;
}

Finding judge_broker_port(const PortFacts& facts) {
  const char* const id = "ports.broker";
  if (!facts.configured) return not_applicable(id, "the broker's port is not known", "see config.valid");
  if (facts.local_brokers.empty())
    return not_applicable(id, "the broker is on another machine", "whether it is reached says broker.tcp");
  std::string by;
  for (const auto port : facts.local_brokers) {
    const auto* listener = on(facts, port);
    if (listener == nullptr) {
      return failure(id, fmt::format("nobody listens on port {} of this machine", port), "[sync] host is this machine",
                     "sudo systemctl start mosquitto, or aislectl config set sync.host NAME of the broker");
    }
    by += fmt::format("{}port {}: {}", by.empty() ? "" : ", ", port, name_of(*listener));
  }
  return ok(id, "the broker's port on this machine is taken by whoever serves it", by);
}

Finding judge_http_port(const PortFacts& facts) {
  const char* const id = "ports.http";
  const auto* listener = on(facts, facts.http);
  if (listener == nullptr) return ok(id, fmt::format("port {} is free", facts.http));
  if (listener->program.empty())
    return not_applicable(id, fmt::format("port {} is in use", facts.http),
                          "by whom only root may see: sudo aislectl doctor");
  if (listener->program == "aisled") return ok(id, fmt::format("port {} is aisled's", facts.http));
  return warning(id, fmt::format("port {} is used by {}", facts.http, listener->program),
                 "the local HTTP API is to have it ([http] port)",
                 fmt::format("sudo ss -ltnp 'sport = :{}'", facts.http));
}

}  // namespace aisle::doctor
