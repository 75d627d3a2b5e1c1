#include "agent/doctor/daemon.hpp"

#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "agent/control/client.hpp"

namespace aisle::doctor {
namespace {

const nlohmann::json* at(const nlohmann::json& status, const std::string& pointer) {
  const nlohmann::json::json_pointer path(pointer);
  return status.is_object() && status.contains(path) ? &status.at(path) : nullptr;
}

}  // namespace

std::string DaemonFacts::text(const std::string& pointer) const {
  const auto* value = at(status, pointer);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

std::uint64_t DaemonFacts::count(const std::string& pointer) const {
  const auto* value = at(status, pointer);
  return value != nullptr && value->is_number_unsigned() ? value->get<std::uint64_t>() : 0;
}

Result<nlohmann::json> ask(const std::string& socket, const nlohmann::json& request, milliseconds limit, int* pid) {
  auto client = control::Client::connect(socket);
  if (!client) return tl::unexpected(client.error());
  if (*client == nullptr) return nlohmann::json();
  if (pid != nullptr) *pid = (*client)->peer();
  if (auto asked = (*client)->ask(request); !asked) return tl::unexpected(asked.error());
  auto line = (*client)->next_line(limit);
  if (!line) return tl::unexpected(line.error());
  if (!*line) return fail("the daemon closed the control socket without an answer");
  if ((*line)->is_object() && (*line)->contains("error")) return fail("the daemon says: {}", (**line)["error"].dump());
  return std::move(**line);
}

DaemonFacts gather_daemon(const std::string& socket, milliseconds limit) {
  DaemonFacts facts;
  std::error_code ignored;
  facts.unit = std::filesystem::exists("/lib/systemd/system/aisle-agent.service", ignored);
  auto answer = ask(socket, {{"verb", "status"}}, limit, &facts.pid);
  facts.running = !answer || !answer->is_null();
  if (!answer) {
    facts.trouble = answer.error().message();
    facts.denied = access(socket.c_str(), W_OK) != 0 && errno == EACCES;
  }
  if (answer && answer->is_object()) facts.status = std::move(*answer);
  return facts;
}

Finding judge_daemon(const DaemonFacts& facts) {
  const char* const id = "daemon.running";
  if (facts.answers()) return ok(id, "aisled " + facts.text("/version") + " answers");
  if (!facts.running) {
    return failure(id, "aisled does not run", "nobody listens on its control socket",
                   facts.unit
                       ? "sudo systemctl enable --now aisle-agent; if it ends again: journalctl -u aisle-agent -e"
                       : "aisled --config FILE --state-dir DIR, and the same --state-dir here");
  }
  if (facts.denied) return not_applicable(id, "aisled could not be asked", facts.trouble + ": sudo aislectl doctor");
  return failure(id, "aisled does not answer", facts.trouble, "sudo systemctl restart aisle-agent");
}

}  // namespace aisle::doctor
